"""The only code that shows something in Slack. Level-triggered: `sync(job)` makes the thread show what it should now.

What is shown stands in Redis: `thread:<zone>:<token>`, a hash of message key to its ts, fingerprint and time. A message
is marked as begun before it is posted; where a crash left only the mark, Slack itself is asked for the key before
anything is posted again. So a job may be synced any number of times, by any replica, and is seen once.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.error import URLError

import msgspec
import redis
import structlog
from prometheus_client import Counter
from slack_sdk.webhook import WebhookClient

from bot.rate_limit import UPDATES, Bucket, RateLimit, posts
from bot.slack import GoneError, NoEntryError, Slack
from handlers.blocks import notices
from handlers.blocks.card import card
from handlers.blocks.findings import findings, snippets
from handlers.blocks.message import Message, Snippet
from sickbay.diagnostics.errors import TemporaryError
from sickbay.jobs.model import JobRecord, JobState
from sickbay.jobs.queue import KEEP, NAMESPACE, Queue

log = structlog.get_logger()

SYNCS = Counter("sickbay_syncs", "Threads brought up to date.")

#: Seconds between two edits of a card that is not final.
EDIT_EVERY = 3.0
#: Seconds after which a sync that holds the lock counts as lost, and that another waits to try again.
_LOCK_EXPIRES, _LOCK_WAIT = 60.0, 0.2
#: Field of the hash that says that the asker was told that the bot may not write there.
_TOLD = "told"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one message: no ts while only its post was begun, `gone` when somebody deleted it."""

    ts: str = ""
    hash: str = ""
    at: float = 0.0
    gone: bool = False


class Delivery:
    """Brings threads up to date."""

    def __init__(
        self,
        queue: Queue,
        client: redis.Redis,
        slack: Slack,
        *,
        namespace: str = NAMESPACE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queue = queue
        self._redis = client
        self._slack = slack
        self._limit = RateLimit(client, namespace=namespace, clock=clock)
        self._namespace = namespace
        self._clock = clock

    def sync(self, job_id: str) -> None:
        """Make the job's thread show what it should. Raises TemporaryError when it must be called again later."""
        lock = self._redis.lock(f"{self._namespace}:lock:{job_id}", timeout=_LOCK_EXPIRES, blocking=False)
        if not lock.acquire():
            raise TemporaryError("another sync is under way", delay=_LOCK_WAIT)
        try:
            self._queue.begin_sync(job_id)
            record = self._queue.record(job_id)
            if record:
                self._show_all(record)
                SYNCS.inc()
        except NoEntryError as error:
            log.warning("no entry to the channel", job_id=job_id, error=str(error))
            self._tell_asker(record)
        finally:
            lock.release()

    def _show_all(self, record: JobRecord) -> None:
        """Show the card, then the findings, then the files: each only once the one before it stands."""
        workers = self._queue.workers_alive(record.job.zone) if record.state is JobState.QUEUED else 1
        now = datetime.fromtimestamp(self._clock(), UTC)
        thread = record.job.destination.thread_ts
        ts = self._show(record, card(record, now=now, workers=workers), thread)
        if record.report is None:
            return
        for message in findings(record.job.id, record.report):
            self._show(record, message, thread or ts)
        for snippet in snippets(record.job.id, record.report):
            self._send_file(record, snippet, thread or ts)

    def _show(self, record: JobRecord, message: Message, thread_ts: str | None) -> str:
        """Post or edit one message, unless it is right already; gives its ts."""
        shown = self._shown(record, message.key)
        if shown is None:
            return self._post(record, message, thread_ts)
        if not shown.ts:
            found = self._slack.find(record.job.destination.channel, thread_ts, message.key)
            if found is None:
                return self._post(record, message, thread_ts)
            shown = Shown(ts=found)
        if shown.hash != message.hash and not shown.gone:
            self._edit(record, message, shown)
        return shown.ts

    def _post(self, record: JobRecord, message: Message, thread_ts: str | None) -> str:
        channel = record.job.destination.channel
        self._wait_for(record, posts(channel))
        self._remember(record, message.key, Shown())
        ts = self._slack.post(channel, thread_ts, message)
        self._remember(record, message.key, Shown(ts=ts, hash=message.hash, at=self._clock()))
        return ts

    def _edit(self, record: JobRecord, message: Message, shown: Shown) -> None:
        due = shown.at + EDIT_EVERY - self._clock()
        if due > 0 and not record.state.final:
            raise TemporaryError("edited a moment ago", delay=due)
        self._wait_for(record, UPDATES)
        try:
            self._slack.update(record.job.destination.channel, shown.ts, message)
        except GoneError:
            # Somebody deleted it: it stays deleted, and what follows it is shown all the same.
            self._remember(record, message.key, msgspec.structs.replace(shown, gone=True))
            return
        self._remember(record, message.key, Shown(ts=shown.ts, hash=message.hash, at=self._clock()))

    def _send_file(self, record: JobRecord, snippet: Snippet, thread_ts: str) -> None:
        """Send a file once. A crash while sending loses it rather than to send it twice: the message holds its end."""
        if self._shown(record, snippet.key) is None:
            self._remember(record, snippet.key, Shown())
            try:
                self._slack.upload(record.job.destination.channel, thread_ts, snippet)
            except TemporaryError:
                self._redis.hdel(self._key(record), snippet.key)
                raise

    def _tell_asker(self, record: JobRecord | None) -> None:
        """Tell the asker, once and through Slack's one-time address, how to let the bot in."""
        url = record.job.destination.response_url if record else None
        if record and url and self._redis.hsetnx(self._key(record), _TOLD, "1"):
            try:
                WebhookClient(url).send(text=notices.not_invited(record.job.destination.channel))
            except (URLError, OSError) as error:
                log.warning("the asker could not be told", error=str(error))

    def _wait_for(self, record: JobRecord, bucket: Bucket) -> None:
        seconds = self._limit.take(bucket)
        if seconds:
            self._queue.postpone_sync(record.job.id)
            raise TemporaryError(f"{bucket.name} are at Slack's limit", delay=seconds)

    def _shown(self, record: JobRecord, key: str) -> Shown | None:
        written = self._redis.hget(self._key(record), key)
        return msgspec.json.decode(written, type=Shown) if isinstance(written, bytes) else None

    def _remember(self, record: JobRecord, key: str, shown: Shown) -> None:
        self._redis.hset(self._key(record), key, msgspec.json.encode(shown))
        self._redis.expire(self._key(record), KEEP)

    def _key(self, record: JobRecord) -> str:
        return f"{self._namespace}:thread:{record.job.id.replace('.', ':', 1)}"
