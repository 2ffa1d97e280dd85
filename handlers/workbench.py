"""Looking closer at a diagnosis from its thread: a finding in full, what changed since the last run, what is muted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from handlers.blocks import notices
from handlers.blocks.offers import digest
from handlers.desk import Desk
from handlers.grammar import Ask
from handlers.guard import ACCEPTED, Asker, Guard
from sickbay.diagnostics.asked_logs import log_scope
from sickbay.diagnostics.model import Judged, Judgement, Report, ReportFinding
from sickbay.diagnostics.targets import Request
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.diagnoses import Diagnoses, PastDiagnosis
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.marks import Marks
from sickbay.incidents.model import Mark
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.policy import Action
from sickbay.jobs.model import Destination, JobRecord, Mute

#: For how long a finding is muted.
MUTED_FOR = timedelta(days=1)


class Chosen(msgspec.Struct, frozen=True):
    """A finding that somebody pointed at, its report, and the job that found it."""

    record: JobRecord
    report: Report
    finding: ReportFinding


class Workbench:
    """What the buttons of a thread do. Each gives what was asked for, or the sentence for the asker why not."""

    def __init__(
        self,
        desk: Desk,
        guard: Guard,
        diagnoses: Diagnoses,
        mutes: Mutes,
        incidents: Incidents,
        marks: Marks,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.desk = desk
        self._guard = guard
        self._diagnoses = diagnoses
        self._mutes = mutes
        self._incidents = incidents
        self._marks = marks
        self._clock = clock

    def choose(self, value: str, what: str, asker: Asker, action: Action = Action.DIAGNOSE) -> Chosen | str:
        """Give the finding that a button's value names, for somebody who may see it; `what` is for the audit."""
        job, _, name = value.partition(" ")
        record = self.desk.record(job)
        if isinstance(record, str):
            return record
        found = [item for item in record.report.findings if digest(item) == name] if record.report else []
        if not record.report or not found:
            return notices.forgotten()
        detail = f"{what} {found[0].code} {found[0].subject}"
        decision = self.desk.permit(action, asker, record.job, detail)
        if isinstance(decision, str):
            return decision
        try:
            self._guard.trace(action, asker, record.job.target, rule=decision.rule, detail=detail, outcome=ACCEPTED)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))
        return Chosen(record, record.report, found[0])

    def compare(self, job: str, asker: Asker) -> tuple[PastDiagnosis, PastDiagnosis] | str:
        """Give a diagnosis and the last one before it of the same."""
        record = self.desk.record(job)
        if isinstance(record, str):
            return record
        decision = self.desk.permit(Action.DIAGNOSE, asker, record.job, "compare")
        if isinstance(decision, str):
            return decision
        self._guard.trace(
            Action.DIAGNOSE, asker, record.job.target, rule=decision.rule, detail="compare", outcome=ACCEPTED
        )
        try:
            now, before = self._diagnoses.get(job), self._diagnoses.before(job)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))
        if now is None:
            return notices.forgotten()
        return (before, now) if before else notices.nothing_before()

    def logs(self, value: str, *, asked_by: str, destination: Destination, request_id: str) -> str | None:
        """Submit the reading of the log of a finding's subject."""
        chosen = self.choose(value, "logs", Asker(asked_by, destination.channel))
        if isinstance(chosen, str):
            return chosen
        scope = log_scope(chosen.report.target.platform, chosen.finding.subject) or ""
        ask = Ask(target=chosen.record.job.target, request=Request(scope=scope, logs=True))
        return self.desk.ask(ask, asked_by=asked_by, destination=destination, request_id=request_id)

    def judge(self, value: str, asker: Asker, thread_ts: str) -> str:
        """Say what a finding is to the incident of the thread: `value` is the finding's, then a Judgement."""
        finding, _, word = value.rpartition(" ")
        chosen = self.choose(finding, f"judge {word}", asker)
        if isinstance(chosen, str):
            return chosen
        judgement = Judgement(word)
        code, subject = chosen.finding.code, chosen.finding.subject
        mark = Mark(judged=Judged(code=code, subject=subject, judgement=judgement), by=asker.user)
        try:
            incident = self._incidents.in_thread(asker.channel, thread_ts)
            if incident is None:
                return notices.no_incident_here()
            # The finding may be of another target than the incident, and it is the incident that changes.
            detail = f"INC-{incident.number} judge {word} {code} {subject}"
            if refusal := self.desk.admit(Action.INCIDENT, asker, incident.target, detail):
                return refusal
            self._marks.set(incident.number, mark, self._clock())
            self._incidents.touch(incident.number)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))
        return notices.judged(mark.judged)

    def mute(self, value: str, asker: Asker) -> str:
        """Mute a finding in the asker's channel for a day."""
        chosen = self.choose(value, "mute", asker, Action.MUTE)
        if isinstance(chosen, str):
            return chosen
        until = self._clock() + MUTED_FOR
        mute = Mute(code=chosen.finding.code, subject=chosen.finding.subject, until=until, by=asker.user)
        try:
            self._mutes.mute(chosen.record.job.target, asker.channel, mute)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))
        return notices.muted(mute)
