"""Reports on a stage: their schedules, the bots that run them, and workers that answer what the test says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from bot.app import guard_of
from bot.remembering import Remembering
from bot.report_jobs import ReportJobs
from bot.reports import Reports
from sickbay.diagnostics.model import Report, ReportTarget
from sickbay.diagnostics.targets import Target
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.digests import digest_of
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.schedule import NewSchedule, Schedule
from sickbay.incidents.schedules import Schedules
from sickbay.jobs.model import JobState
from tests.integration.slack.stage import TARGETS, Stage
from tests.unit.command_line.reports import report

Wire = dict[str, Any]

#: When the first report of a test is due, and how long until the next. Slack's own clock is not moved: it is later.
NINE, HOUR = datetime(2026, 3, 2, 9, tzinfo=UTC), timedelta(hours=1)
HOURLY = NewSchedule(
    request_id="1.2.a", targets=("local", "prod"), channel="C0OPS",
    recurrence=Recurrence(cron="0 * * * *", time_zone="UTC"), words="every hour", quiet=False, created_by="U0ALICE",
)  # fmt: skip
WELL = report(looked_at={"containers": 2}, figures={"restarts": 1.0, "memory_share": 0.42})
#: Turns after which reports that still have something to do never end.
_MOST_TURNS = 200


class Newsroom:
    """Schedules, a bot that runs them, and the stage on which it shows them. Time stands, just before nine."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        stage.stop_clock()
        self.move_to(NINE - timedelta(minutes=1))
        self.schedules = Schedules(stage.database, clock=self.now)
        self.reports = self.another()

    def another(self, targets: Mapping[str, Target] = TARGETS) -> Reports:
        """Give a bot's reports; it has these targets."""
        stage, kept = self.stage, self.stage.database
        jobs = ReportJobs(stage.queue, targets, guard_of(stage.team), Mutes(kept), budget_s=60, clock=stage.clock)
        digest = partial(digest_of, Incidents(kept), Diagnoses(kept))
        return Reports(
            self.schedules, jobs, stage.redis, stage.slack,
            digest=digest, note=Remembering(kept).note, clock=stage.clock,
        )  # fmt: skip

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.stage.clock(), UTC)

    def move_to(self, at: datetime) -> None:
        """Let it be that time."""
        self.stage.seconds += at.timestamp() - self.stage.clock()

    def add(self, **changes: Any) -> Schedule:
        return self.schedules.add(msgspec.structs.replace(HOURLY, **changes))

    def answer(self, answers: Mapping[str, Report | str]) -> None:
        """Be the workers of all jobs that wait: each target's report, or why there is none."""
        for record in self.stage.jobs():
            if record.state is not JobState.QUEUED:
                continue
            target, told = record.job.target, answers.get(record.job.target, WELL)
            assert self.stage.queue.start(record.job.id, steps=(), worker="worker")
            if isinstance(told, str):
                self.stage.queue.fail(record.job.id, told)
            else:
                named = ReportTarget(name=target, platform="docker", zone=record.job.zone)
                self.stage.queue.finish(record.job.id, msgspec.structs.replace(told, target=named))

    def come(self, at: datetime = NINE, answers: Mapping[str, Report | str] | None = None) -> None:
        """Let it be that time, and have what is due run and shown."""
        self.move_to(at)
        self.reports.begin()
        self.answer(answers or {})
        self.settle()

    def settle(self) -> None:
        """Have all shown that can be, with the time that it takes."""
        for _ in range(_MOST_TURNS):
            self.reports.begin()
            self.reports.end()
            if not self.schedules.open_runs():
                return
            self.stage.seconds += 1
        raise AssertionError("the reports have never done")

    def shown(self, channel: str = "#ops") -> list[Wire]:
        """Give the reports in a channel."""
        return self.stage.messages(channel)

    def thread(self, message: Wire, channel: str = "#ops") -> list[Wire]:
        """Give what stands below a report."""
        return self.stage.messages(channel, message["ts"])
