"""The jobs of a report's run, one a target: made when it is due, and read once all of them have ended."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from handlers.blocks.muted import shown as visible
from handlers.blocks.offers import Offers
from handlers.blocks.report import Diagnosed
from handlers.guard import REFUSED, Asker, Guard
from sickbay.diagnostics.targets import Request, Target
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.policy import Action
from sickbay.incidents.schedule import Run
from sickbay.incidents.summaries import TargetSummary, summarised
from sickbay.jobs.errors import UnreadableRecordError
from sickbay.jobs.model import Destination, Job, JobRecord
from sickbay.jobs.queue import Queue, job_id

#: How long a job may wait and run: nobody waits for it, and hundreds may be due at the same minute.
PATIENCE = timedelta(minutes=20)
#: How long it waits for the first worker of a zone that has none.
WITHOUT_WORKER = timedelta(minutes=3)
#: A zone of whose workers nothing is heard for so long has none: they tell of themselves every five seconds.
UNHEARD = timedelta(seconds=15)
_OFFERED = (Action.LOGS, Action.MUTE)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How a target was, and where its job has a record, that; `diagnosed` is there where it ended with a report."""

    summary: TargetSummary
    record: JobRecord | None = None
    diagnosed: Diagnosed | None = None


class ReportJobs:
    """Makes and reads the jobs. Raises QueueUnavailableError and DatabaseUnavailableError."""

    def __init__(
        self,
        queue: Queue,
        targets: Mapping[str, Target],
        guard: Guard,
        mutes: Mutes,
        *,
        budget_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queue = queue
        self._targets = targets
        self._guard = guard
        self._mutes = mutes
        self._budget_s = budget_s
        self._clock = clock
        #: Since when no worker of a zone is heard of.
        self._silent: dict[str, datetime] = {}

    def submit(self, run: Run) -> tuple[str, ...]:
        """Put the jobs on the queue and give their ids, empty for a target that is not asked. Repeat at will.

        Each is written down before, once as long as nobody else submits this run meanwhile.
        """
        return tuple(self._submitted(run, name) for name in run.targets)

    def ended(self, run: Run) -> bool:
        """Say whether no job is under way any more; one that waits in vain for a worker is ended for that."""
        for job in run.jobs:
            if job and not self._queue.ended(job):
                if self._now() - run.claimed_at < WITHOUT_WORKER or self._served(job.partition(".")[0]):
                    return False
                self._queue.expire(job)
        return True

    def answers(self, run: Run) -> tuple[Answer, ...]:
        """Give how each target was, in their order."""
        return tuple(self._answer(run, name, job) for name, job in zip(run.targets, run.jobs, strict=True))

    def refused_digest(self, run: Run) -> str:
        """Give why whoever wants the run may have no digest there, which is written down; nothing where they may."""
        decision = self._guard.decide(Action.REPORT, _asker(run), None)
        if decision.allowed:
            return ""
        refusal = _not_here(decision.rule)
        self._guard.trace(Action.REPORT, _asker(run), "", detail=refusal, outcome=REFUSED)
        return refusal

    def may_tell(self, run: Run, name: str) -> bool:
        """Say whether whoever wants the run may diagnose a target in its channel; no name is what has none."""
        # What is gone from the configuration is still matched by its name.
        target = (self._targets.get(name) or Target(name=name, platform="")) if name else None
        return self._guard.may(Action.DIAGNOSE, _asker(run), target)

    def _served(self, zone: str) -> bool:
        """Say whether a zone has a worker: after an outage of Redis none has been heard of yet."""
        if self._queue.workers_alive(zone):
            self._silent.pop(zone, None)
            return True
        silence = self._now() - self._silent.setdefault(zone, self._now())
        return timedelta() <= silence < UNHEARD

    def _submitted(self, run: Run, name: str) -> str:
        if refusal := self._refusal(run, name):
            self._guard.trace(Action.REPORT, _asker(run), name, detail=refusal, outcome=REFUSED)
            return ""
        target, now = self._targets[name], self._now()
        job = Job(
            id=job_id(target.zone, "report", run.name, name),
            target=name,
            platform=target.platform,
            zone=target.zone,
            request=Request(),
            asked_by=f"report {run.schedule}",
            destination=Destination(channel=run.channel),
            submitted_at=now,
            deadline_at=now + PATIENCE,
            budget_s=self._budget_s,
            report_run=run.id,
            may=tuple(action for action in _OFFERED if self._guard.some_may(action, _asker(run), target)),
            reads_logs=self._guard.may(Action.LOGS, _asker(run), target),
            mutes=self._mutes.active(name, run.channel, now),
        )
        if not self._known(job.id) and self._guard.admit(Action.REPORT, _asker(run), target, job.asked_by):
            return ""
        self._queue.submit(job)
        return job.id

    def _known(self, job: str) -> bool:
        """Say whether a job was submitted before."""
        try:
            return self._queue.record(job) is not None
        except UnreadableRecordError:
            return True

    def _refusal(self, run: Run, name: str) -> str:
        """Give why a target is not asked."""
        target = self._targets.get(name)
        if target is None:
            return "it is no target of the configuration any more"
        decision = self._guard.decide(Action.REPORT, _asker(run), target)
        return "" if decision.allowed else _not_here(decision.rule)

    def _answer(self, run: Run, name: str, job: str) -> Answer:
        if not job:
            return _silent(name, self._refusal(run, name) or "it was not asked; the next report asks it")
        try:
            record = self._queue.record(job)
        except UnreadableRecordError as error:
            return _silent(name, str(error))
        if record is None:
            return _silent(name, "its answer is lost; the next report asks again")
        if record.report is None:
            return _silent(name, record.failure or "it was cancelled", record)
        seen = visible(record.report, record.job.mutes)
        kept = {finding.id for finding in seen.report.findings}
        hidden = [finding.id for finding in record.report.findings if finding.id not in kept]
        may = record.job.may
        return Answer(
            summary=summarised(name, seen.report, hidden=hidden, muted=len(seen.muted)),
            record=record,
            diagnosed=Diagnosed(
                job=job, report=seen.report, offers=Offers(logs=Action.LOGS in may, mute=Action.MUTE in may)
            ),
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _asker(run: Run) -> Asker:
    return Asker(run.asked_by, run.channel)


def _not_here(rule: str) -> str:
    return f"whoever wants this report may not have it here (rule: {rule})"


def _silent(name: str, failure: str, record: JobRecord | None = None) -> Answer:
    return Answer(summary=TargetSummary(target=name, failure=failure, blind=True), record=record)
