"""Shows reports in Slack when they are due: asks their targets, and posts what they answered, once.

Level-triggered: what is due and what has yet to be shown is asked of the database; a message is shown once
(showing.py), by whichever bot holds the run's lock. What cannot be done now is tried again; nothing is lost with a
process.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple, NoReturn

import msgspec
import redis
import structlog
from redis.lock import Lock

from bot.charts import chart, described
from bot.rate_limit import Bucket, RateLimit
from bot.report_jobs import Answer, ReportJobs
from bot.showing import CLOCKS_DIFFER, Showing, locked, take_turn
from bot.shown import Memory, Shown
from bot.slack import NoEntryError, PictureRefusedError, Slack
from bot.turns import Waits
from handlers.blocks.digest import digest_message, digest_refused
from handlers.blocks.incident_news import said_once
from handlers.blocks.message import Message
from handlers.blocks.report import Picture, Told, no_way_in, report_details, report_message, zone_of
from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.incidents.digests import Digest
from sickbay.incidents.lifecycle import is_person
from sickbay.incidents.schedule import Run, Schedule, ScheduleError
from sickbay.incidents.schedules import Schedules
from sickbay.incidents.summaries import PastRun, RunSummary, changes
from sickbay.jobs.model import JobRecord
from sickbay.jobs.queue import NAMESPACE

log = structlog.get_logger()

#: Runs that a chart shows.
RUNS = 30
#: A report that could not be shown for so long is not news any more.
STALE = timedelta(days=1)
#: Seconds until a report is shown without its picture, where Slack does not take that, and between two looks.
_PICTURE_WAITS, _PICTURE_LOOK = 30.0, 1.0
#: Slack takes more than a hundred files a minute.
_PICTURES = Bucket("pictures", 90 / 60, 20)
#: How long it is remembered that somebody was told that a channel is closed to the bot.
_TOLD = timedelta(days=90)


class _Sync(NamedTuple):
    """One run under way, what is known of what Slack shows of it, and what shows it."""

    run: Run
    schedule: Schedule
    memory: Memory
    showing: Showing
    lock: Lock

    @property
    def key(self) -> str:
        return f"report:{self.run.name}"


class Reports:
    """Runs the schedules. `digest` gives the week's incidents; `note` is told each job, and where its report stands."""

    def __init__(
        self,
        schedules: Schedules,
        jobs: ReportJobs,
        client: redis.Redis,
        slack: Slack,
        *,
        digest: Callable[[datetime, Callable[[str], bool]], Digest],
        note: Callable[[JobRecord, str], None],
        namespace: str = NAMESPACE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._schedules = schedules
        self._jobs = jobs
        self._redis = client
        self._slack = slack
        self._digest = digest
        self._note = note
        self._limit = RateLimit(client, namespace=namespace, clock=clock)
        self._namespace = namespace
        self._clock = clock
        self._waits = Waits(clock)
        self._beginning = False

    def begin(self) -> None:
        """Put on the queue all that is due. Raises as `Waits.attempt`."""
        self._beginning = self._schedules.claim_due() > 0
        try:
            runs = self._schedules.open_runs(submitted=False)
            newest = {run.schedule: run.id for run in runs if not run.wanted}
            for run in runs:
                # While Redis is away they become many; the newest says all that the others would.
                overtaken = not run.wanted and run.id != newest[run.schedule]
                self._waits.attempt(f"submit report {run.name}", partial(self._submit, run, overtaken=overtaken))
        finally:
            self._beginning = False

    def end(self) -> None:
        """Show all that has ended, unless something begins just now: that comes first. Raises as `Waits.attempt`."""
        for run in self._schedules.open_runs(submitted=True):
            if not self._beginning:
                self._waits.attempt(f"show report {run.name}", partial(self._end, run))

    def _submit(self, run: Run, *, overtaken: bool) -> None:
        if overtaken:
            self._schedules.shown(run.id, "{}")
            return
        with locked(self._redis, self._lock_name(run)):
            runs = self._schedules.runs(run.schedule, 1 + RUNS)
            if not any(one.id == run.id and one.submitted for one in runs):
                self._schedules.submitted(run.id, self._jobs.submit(run))

    def _end(self, run: Run) -> None:
        """Show a run whose jobs have ended, and note that nothing is left to do."""
        if not self._jobs.ended(run):
            return
        with locked(self._redis, self._lock_name(run)) as lock:
            runs = self._schedules.runs(run.schedule, 1 + RUNS)
            if any(one.id == run.id and one.shown_at for one in runs):
                return
            try:
                schedule = self._schedules.get(run.schedule)
            except ScheduleError:
                return
            memory = Memory(self._redis, f"report.{run.name}", namespace=self._namespace)
            showing = self._showing(run, memory, lock, run.channel)
            sync = _Sync(run, schedule, memory, showing, lock)
            if not self._in_time(sync, runs):
                self._schedules.shown(run.id, "{}")
            elif run.targets:
                self._show(sync, _past(runs, run))
            else:
                self._show_digest(sync)

    def _in_time(self, sync: _Sync, runs: Sequence[Run]) -> bool:
        """Say whether to show it: a newer one that is ready or shown says more, so after an outage there is one.

        One that somebody wanted is shown though a quiet one that says nothing follows.
        """
        run = sync.run
        if sync.memory.get(sync.key):
            return True
        newer = [one for one in runs if one.id > run.id and (one.wanted or not (run.wanted and sync.schedule.quiet))]
        if any(one.shown_at or (one.submitted and self._jobs.ended(one)) for one in newer):
            return False
        return self._now() - run.claimed_at < STALE

    def _show(self, sync: _Sync, earlier: Sequence[PastRun]) -> None:
        run, schedule = sync.run, sync.schedule
        answers = self._jobs.answers(run)
        summary = RunSummary(targets=tuple(answer.summary for answer in answers))
        since = earlier[0].at if earlier else None
        told = Told(run=run, schedule=schedule, summary=summary, changes=changes(summary, earlier), since=since)
        place = ""
        if run.wanted or not schedule.quiet or any(change.any for change in told.changes):
            past = [*reversed(earlier[: RUNS - 1]), PastRun(at=run.due_at, summary=summary)]
            told = msgspec.structs.replace(told, picture=self._picture_if_any(sync, past))
            diagnosed = {answer.summary.target: answer.diagnosed for answer in answers if answer.diagnosed}
            place = self._posted(sync, report_message(told), list(report_details(told, diagnosed)))
        self._remember(answers, place)
        self._schedules.shown(run.id, msgspec.json.encode(summary).decode())

    def _show_digest(self, sync: _Sync) -> None:
        if refusal := self._jobs.refused_digest(sync.run):
            self._posted(sync, digest_refused(sync.run, sync.schedule, refusal), ())
        else:
            self._tell_digest(sync)
        self._schedules.shown(sync.run.id, "{}")

    def _tell_digest(self, sync: _Sync) -> None:
        digest = self._digest(sync.run.due_at, partial(self._jobs.may_tell, sync.run))
        if sync.run.wanted or not sync.schedule.quiet or digest.stats.count or digest.stats.open:
            self._posted(sync, digest_message(sync.run, sync.schedule, digest), ())

    def _posted(self, sync: _Sync, message: Message, details: Sequence[Message]) -> str:
        """Show the message and its thread; give where that stands, nothing where the channel lets nobody in."""
        try:
            head = sync.showing.show(message, "")
        except NoEntryError as error:
            self._tell_maker(sync, error)
            return ""
        except PictureRefusedError as error:
            self._wait_for_picture(sync, str(error))
        self._told_of(sync).forget(_closed(sync))
        for detail in details:
            try:
                sync.showing.show(detail, head.place)
            except PermanentError as error:
                log.warning("a detail of a report is not shown", report=sync.schedule.number, error=str(error))
        return head.place

    def _picture_if_any(self, sync: _Sync, past: Sequence[PastRun]) -> Picture | None:
        """Give the chart; a report without one is better than none."""
        try:
            return self._picture(sync, past)
        except (TemporaryError, redis.RedisError):
            raise
        except Exception:
            log.exception("a report has no chart", report=sync.schedule.number)
            sync.memory.put("picture", Shown(gone=True))
            return None

    def _picture(self, sync: _Sync, past: Sequence[PastRun]) -> Picture | None:
        """Give the chart, once Slack has looked at it; None where it never does. Raises TemporaryError until then."""
        known = sync.memory.get("picture") or self._uploaded(sync, past)
        if known.gone:
            return None
        if not known.hash:
            if not self._slack.is_ready(known.ts):
                self._wait_for_picture(sync, "Slack has not looked at the chart")
            sync.memory.put("picture", msgspec.structs.replace(known, hash="ready"))
        return Picture(known.ts, described(past, zone_of(sync.schedule)))

    def _uploaded(self, sync: _Sync, past: Sequence[PastRun]) -> Shown:
        """Draw and send the chart."""
        take_turn(self._limit, _PICTURES)
        drawn = chart(past, zone_of(sync.schedule))
        file = self._slack.upload_picture(f"report-{sync.schedule.number}.png", drawn)
        return sync.memory.put("picture", Shown(ts=file, at=self._clock()))

    def _wait_for_picture(self, sync: _Sync, reason: str) -> NoReturn:
        """Have it tried again; after a while without the picture. Raises TemporaryError."""
        known = sync.memory.get("picture")
        if known and not 0 <= self._clock() - known.at <= _PICTURE_WAITS:
            log.warning("a report is shown without its chart", report=sync.schedule.number, error=reason)
            sync.memory.put("picture", msgspec.structs.replace(known, gone=True))
        raise TemporaryError(reason, delay=_PICTURE_LOOK)

    def _tell_maker(self, sync: _Sync, error: NoEntryError) -> None:
        """Tell who wants the report, once, that the channel lets the bot not in."""
        log.warning("no entry to the channel", report=sync.schedule.number, error=str(error))
        if not is_person(sync.run.asked_by):
            return
        message = said_once(_closed(sync), no_way_in(sync.run, sync.schedule, error.code))
        try:
            self._showing(sync.run, self._told_of(sync), sync.lock, sync.run.asked_by).show(message, "")
        except PermanentError as refused:
            log.warning("nobody can be told of it", report=sync.schedule.number, error=str(refused))

    def _told_of(self, sync: _Sync) -> Memory:
        """Give what is known of what people were told of a schedule beside its reports."""
        name = f"schedule.{sync.schedule.number}:{sync.schedule.created_at.timestamp():.0f}"
        return Memory(self._redis, name, namespace=self._namespace, keep=_TOLD)

    def _remember(self, answers: Sequence[Answer], place: str) -> None:
        for answer in answers:
            if answer.record:
                self._note(answer.record, place)

    def _showing(self, run: Run, memory: Memory, lock: Lock, channel: str) -> Showing:
        since = run.claimed_at.timestamp() - CLOCKS_DIFFER
        return Showing(self._slack, self._limit, memory, lock, channel=channel, since=since, clock=self._clock)

    def _lock_name(self, run: Run) -> str:
        return f"{self._namespace}:lock:report:{run.name}"

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _past(runs: Sequence[Run], run: Run) -> list[PastRun]:
    """Give the runs before one that were shown, the newest first."""
    shown = [
        PastRun(at=one.due_at, summary=msgspec.json.decode(one.summary, type=RunSummary))
        for one in runs
        if one.id < run.id and one.shown_at
    ]
    return [past for past in shown if past.summary.targets]


def _closed(sync: _Sync) -> str:
    """Give the key of the message that says that a channel is closed to the bot."""
    return f"schedule:{sync.schedule.number}:{sync.schedule.created_at.timestamp():.0f}:closed"
