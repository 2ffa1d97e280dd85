"""The only code that shows something in Slack. Level-triggered: `sync(job)` makes the thread show what it should now.

What is shown stands in Redis (shown.py). A message is marked as begun before it is posted; where a crash or a lost
answer left only the mark, Slack itself is asked for the key before anything is posted again. So a job may be synced
any number of times, by any replica, and is seen once.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
import redis
import structlog
from prometheus_client import Counter
from redis.exceptions import LockError
from redis.lock import Lock

from bot.rate_limit import UPDATES, Bucket, RateLimit, posts
from bot.shown import Memory, Shown
from bot.slack import GoneError, NoEntryError, Slack, SlackWaitsError
from handlers.blocks import notices
from handlers.blocks.card import card
from handlers.blocks.evidence import snippets
from handlers.blocks.findings import findings, in_full
from handlers.blocks.logs import log_files, log_line
from handlers.blocks.message import Message, Snippet
from handlers.blocks.muted import shown as visible
from handlers.blocks.offers import offers_of
from handlers.blocks.tables import tables
from sickbay.diagnostics.errors import DiagnosticsError, PermanentError, TemporaryError
from sickbay.jobs.model import JobRecord, JobState
from sickbay.jobs.queue import NAMESPACE, Queue

log = structlog.get_logger()

SYNCS = Counter("sickbay_syncs", "Threads brought up to date.")

#: Seconds between two edits of a card that is not final.
EDIT_EVERY = 3.0
#: Seconds after which a sync that holds the lock counts as lost: longer than the calls to Slack for one message take.
LOCK_EXPIRES = 60.0
#: Seconds until a sync that met another one tries again.
_LOCK_WAIT = 0.2
#: Seconds by which Slack's clock and ours may differ.
_CLOCKS_DIFFER = 60.0
#: Key of the note that the asker was told that the bot may not write there.
_TOLD = "told"


class _Sync(NamedTuple):
    """One sync under way: the job, what is known of its thread, and the lock on it."""

    record: JobRecord
    memory: Memory
    lock: Lock

    @property
    def channel(self) -> str:
        return self.record.job.destination.channel

    @property
    def since(self) -> float:
        """Give a moment before which nothing of this job can stand in Slack, in seconds since 1970."""
        return self.record.job.submitted_at.timestamp() - _CLOCKS_DIFFER

    def keep_lock(self) -> None:
        """Begin the lock's time anew. Raises TemporaryError when it was lost: somebody else may be posting."""
        try:
            self.lock.reacquire()
        except LockError as error:
            raise TemporaryError("another sync took over", delay=_LOCK_WAIT) from error


class Delivery:
    """Brings threads up to date. `note` is told each job as its thread shows it, and where that thread stands."""

    def __init__(
        self,
        queue: Queue,
        client: redis.Redis,
        slack: Slack,
        *,
        note: Callable[[JobRecord, str], None],
        namespace: str = NAMESPACE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queue = queue
        self._redis = client
        self._slack = slack
        self._note = note
        self._limit = RateLimit(client, namespace=namespace, clock=clock)
        self._namespace = namespace
        self._clock = clock

    def sync(self, job_id: str) -> None:
        """Make the job's thread show what it should. Raises TemporaryError when it must be called again later."""
        lock = self._redis.lock(f"{self._namespace}:lock:{job_id}", timeout=LOCK_EXPIRES, blocking=False)
        if not lock.acquire():
            raise TemporaryError("another sync is under way", delay=_LOCK_WAIT)
        try:
            self._queue.begin_sync(job_id)
            record = self._queue.record(job_id)
            if record:
                self._show_or_tell(_Sync(record, Memory(self._redis, job_id, namespace=self._namespace), lock))
                SYNCS.inc()
            self._queue.end_sync(job_id)
        except PermanentError:
            self._queue.end_sync(job_id)
            raise
        finally:
            with suppress(LockError):
                lock.release()

    def _show_or_tell(self, sync: _Sync) -> None:
        try:
            self._show_all(sync)
        except NoEntryError as error:
            log.warning("no entry to the channel", job_id=sync.record.job.id, error=str(error))
            self._tell_asker(sync, error.code)

    def _show_all(self, sync: _Sync) -> None:
        """Show the card or the log's line, rankings, findings and files: each once the one before it stands."""
        record = sync.record
        workers = self._queue.workers_alive(record.job.zone) if record.state is JobState.QUEUED else 1
        now = datetime.fromtimestamp(self._clock(), UTC)
        asks_log = record.job.request.logs
        root = log_line(record, workers=workers) if asks_log else card(record, now=now, workers=workers)
        head = shown = self._show(sync, root, record.job.destination.thread_ts or "")
        files = log_files(record)
        if record.report:
            offers = offers_of(record)
            for message in (*tables(record.job.id, record.report), *findings(record.job.id, record.report, offers)):
                shown = self._show(sync, message, shown.place)
            files = snippets(record.job.id, in_full(visible(record.report, offers.mutes).report))
        for snippet in files:
            self._send_file(sync, snippet, shown.place)
        # Last, since nobody waits for it: where the database is away, this sync is tried again until it is back.
        self._note(record, head.place)

    def _show(self, sync: _Sync, message: Message, thread: str) -> Shown:
        """Post or edit one message, unless it is right already."""
        shown = sync.memory.get(message.key)
        if shown and not shown.ts:
            shown = self._find(sync, message.key, thread)
        if shown is None:
            return self._post(sync, message, thread)
        if shown.hash != message.hash and not shown.gone:
            return self._edit(sync, message, shown)
        return shown

    def _find(self, sync: _Sync, key: str, thread: str) -> Shown | None:
        """Look in Slack for a message whose post was begun: in its thread, or in the channel where that is gone."""
        try:
            ts = self._slack.find(sync.channel, thread or None, key, since=sync.since)
        except GoneError:
            thread, ts = "", self._slack.find(sync.channel, None, key, since=sync.since)
        return Shown(ts=ts, thread=thread) if ts else None

    def _post(self, sync: _Sync, message: Message, thread: str) -> Shown:
        self._wait_for(sync, posts(sync.channel))
        sync.keep_lock()
        sync.memory.put(message.key, Shown())
        try:
            ts = self._slack.post(sync.channel, thread or None, message)
        except GoneError:
            # Somebody deleted the thread: what belongs there is shown all the same.
            thread, ts = "", self._slack.post(sync.channel, None, message)
        except (SlackWaitsError, PermanentError):
            sync.memory.forget(message.key)
            raise
        return sync.memory.put(message.key, Shown(ts=ts, thread=thread, hash=message.hash, at=self._clock()))

    def _edit(self, sync: _Sync, message: Message, shown: Shown) -> Shown:
        due = shown.at + EDIT_EVERY - self._clock()
        # An edit that is due later than that was made by a clock that has been set back since.
        if 0 < due <= EDIT_EVERY and not sync.record.state.final:
            self._queue.postpone_sync(sync.record.job.id, for_step=True)
            raise TemporaryError("edited a moment ago", delay=due)
        self._wait_for(sync, UPDATES)
        sync.keep_lock()
        changed = msgspec.structs.replace(shown, hash=message.hash, at=self._clock())
        try:
            self._slack.update(sync.channel, shown.ts, message)
        except GoneError:
            # Somebody deleted it: it stays deleted, and what follows it is shown all the same.
            changed = msgspec.structs.replace(shown, gone=True)
        return sync.memory.put(message.key, changed)

    def _send_file(self, sync: _Sync, snippet: Snippet, thread: str) -> None:
        """Send a file, unless it stands in the thread."""
        known = sync.memory.get(snippet.key)
        if known and known.ts:
            return
        if known is None or not self._slack.has_file(sync.channel, thread, snippet, since=sync.since):
            self._wait_for(sync, posts(sync.channel))
            sync.keep_lock()
            sync.memory.put(snippet.key, Shown())
            try:
                self._slack.upload(sync.channel, thread, snippet)
            except (SlackWaitsError, PermanentError):
                sync.memory.forget(snippet.key)
                raise
        sync.memory.put(snippet.key, Shown(ts=thread))

    def _tell_asker(self, sync: _Sync, code: str) -> None:
        """Tell the asker, once and through Slack's one-time address, why there is no answer in the channel."""
        url = sync.record.job.destination.response_url
        if not url or sync.memory.get(_TOLD):
            return
        invited = code not in {"not_in_channel", "channel_not_found"}
        text = notices.no_entry(sync.channel, code) if invited else notices.not_invited(sync.channel)
        try:
            status = self._slack.respond(url, text)
        except DiagnosticsError as error:
            log.warning("the asker could not be told", job_id=sync.record.job.id, error=str(error))
            return
        sync.memory.put(_TOLD, Shown(ts=str(status)))

    def _wait_for(self, sync: _Sync, bucket: Bucket) -> None:
        seconds = self._limit.take(bucket)
        if seconds:
            self._queue.postpone_sync(sync.record.job.id)
            raise TemporaryError(f"{bucket.name} are at Slack's limit", delay=seconds)
