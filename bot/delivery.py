"""Answers in Slack. Level-triggered: `sync(job)` makes the thread show what it should now (showing.py).

A job may be synced any number of times, by any replica, and is seen once.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import redis
import structlog
from prometheus_client import Counter

from bot.rate_limit import RateLimit
from bot.showing import CLOCKS_DIFFER, NotYetError, Showing, locked
from bot.shown import Memory, Shown
from bot.slack import NoEntryError, Slack
from handlers.blocks import notices
from handlers.blocks.card import card
from handlers.blocks.changes import changes
from handlers.blocks.evidence import snippets
from handlers.blocks.findings import findings, in_full, moment
from handlers.blocks.logs import log_files, log_line
from handlers.blocks.muted import shown as visible
from handlers.blocks.offers import offers_of
from handlers.blocks.tables import tables
from sickbay.diagnostics.errors import DiagnosticsError, PermanentError
from sickbay.jobs.model import JobRecord, JobState
from sickbay.jobs.queue import NAMESPACE, Queue

log = structlog.get_logger()

SYNCS = Counter("sickbay_syncs", "Threads brought up to date.")

#: Key of the note that the asker was told that the bot may not write there.
_TOLD = "told"


class _Sync(NamedTuple):
    """One sync under way: the job, what is known of its thread, and what shows it."""

    record: JobRecord
    memory: Memory
    showing: Showing

    @property
    def channel(self) -> str:
        return self.record.job.destination.channel


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
        with locked(self._redis, f"{self._namespace}:lock:{job_id}") as lock:
            try:
                self._queue.begin_sync(job_id)
                record = self._queue.record(job_id)
                # A report's job has no thread: what it found is shown with the others of its run (reports.py).
                if record and record.job.report_run is None:
                    memory = Memory(self._redis, job_id, namespace=self._namespace)
                    job = record.job
                    showing = Showing(
                        self._slack, self._limit, memory, lock, channel=job.destination.channel,
                        since=job.submitted_at.timestamp() - CLOCKS_DIFFER, clock=self._clock,
                    )  # fmt: skip
                    self._show_or_tell(_Sync(record, memory, showing))
                    SYNCS.inc()
                self._queue.end_sync(job_id)
            except NotYetError as error:
                self._queue.postpone_sync(job_id, for_step=error.for_step)
                raise
            except PermanentError:
                self._queue.end_sync(job_id)
                raise

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
        head = shown = sync.showing.show(root, record.job.destination.thread_ts or "", final=record.state.final)
        files = log_files(record)
        if record.report:
            offers, job_id = offers_of(record), record.job.id
            told = (*tables(job_id, record.report), *findings(job_id, record.report, offers))
            if record.job.request.changes:
                told = changes(job_id, record.report, moment)
            for message in told:
                shown = sync.showing.show(message, shown.place)
            files = snippets(record.job.id, in_full(visible(record.report, offers.mutes).report))
        for snippet in files:
            sync.showing.send(snippet, shown.place)
        # Last, since nobody waits for it: where the database is away, this sync is tried again until it is back.
        self._note(record, head.place)

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
