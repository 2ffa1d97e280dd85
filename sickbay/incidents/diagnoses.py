"""What was diagnosed, kept for longer than Redis remembers it: by whom, where, and what was found."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec
from sqlalchemy import ColumnElement, RowMapping, column, select, values

from sickbay.diagnostics.model import Report
from sickbay.diagnostics.targets import Request
from sickbay.incidents.database import Database, upsert
from sickbay.incidents.tables import DIAGNOSES, Words
from sickbay.jobs.model import JobRecord, JobState

_FINAL = tuple(state for state in JobState if state.final)
#: Only these tell how a target is.
_TELLING = (JobState.DONE, JobState.FAILED)
#: Earlier runs among which the one to compare with is looked for.
_LOOKED_AT = 50


class PastFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a finding; `cause` where no other finding explains it, `suspect` says which change led to it."""

    code: str
    title: str
    subject: str
    severity: str
    summary: str
    cause: bool
    suspect: str = ""


class PastDiagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """A diagnosis as it is remembered; `id` is its job's.

    `severity` is that of the likeliest cause, empty where nothing was found: that is healthy only where `gaps`, the
    number of things that could not be read, is 0. `thread_ts` and `channel` say where its thread stands.
    """

    id: str
    target: str
    scope: str
    request: Request
    asked_by: str
    channel: str
    thread_ts: str
    state: JobState
    headline: str
    severity: str
    gaps: int
    submitted_at: datetime
    ended_at: datetime | None
    findings: tuple[PastFinding, ...]
    figures: Mapping[str, float] = {}


class Diagnoses:
    """Remembers diagnoses. Raises DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self, record: JobRecord, *, thread_ts: str, headline: str, suspects: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Remember a diagnosis as it stands now. Repeat at will: one that has ended is not made to run again.

        `suspects` gives, by the ids of findings, which change most likely led to them, in a sentence.

        Lints, and jobs that read logs or list changes, are no diagnoses and are passed over.
        """
        job = record.job
        if job.message_ts or job.request.logs or job.request.changes:
            return
        report = record.report
        row = {
            "id": job.id,
            "target": job.target,
            "scope": job.request.scope,
            "request": msgspec.json.encode(job.request).decode(),
            "asked_by": job.asked_by,
            "channel": job.destination.channel,
            "thread_ts": thread_ts,
            "state": record.state,
            "headline": headline,
            "severity": report.causes[0].severity if report and report.causes else "",
            "gaps": len(report.gaps) if report else 0,
            "submitted_at": job.submitted_at,
            "ended_at": record.ended_at,
            "findings": msgspec.json.encode(_kept(report, suspects)).decode(),
            "figures": msgspec.json.encode(report.figures if report else {}).decode(),
        }
        ended = None if record.state.final else DIAGNOSES.c.state.in_(_FINAL)
        with self._database.begin() as connection:
            connection.execute(upsert(connection, DIAGNOSES, row, unless=ended))

    def recent(self, asked_by: str, limit: int = 10) -> tuple[PastDiagnosis, ...]:
        """Give what a person asked for, the newest first."""
        return self._newest(limit, DIAGNOSES.c.asked_by == asked_by)

    def latest_of_targets(self, names: Iterable[str]) -> Mapping[str, PastDiagnosis]:
        """Give the diagnosis, of whatever scope, that was the last to end with an answer or a failure; by target."""
        asked = [(name,) for name in names]
        if not asked:
            return {}
        of = values(column("target", Words), name="asked").data(asked).cte("asked")
        last = (
            select(DIAGNOSES.c.id)
            .where(DIAGNOSES.c.target == of.c.target, DIAGNOSES.c.state.in_(_TELLING))
            .order_by(DIAGNOSES.c.ended_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        found = self._newest(len(asked), DIAGNOSES.c.id.in_(select(last).select_from(of)))
        return {past.target: past for past in found}

    def before(self, id: str) -> PastDiagnosis | None:  # noqa: A002 - it is the field's name
        """Give the last diagnosis with an answer of the same target and scope that was asked for before this one.

        One that looked for hygiene too is compared with such alone, and one that did not with those that did not.
        """
        this = self.get(id)
        if this is None:
            return None
        of_same = _answered(this.target, this.scope)
        earlier = self._newest(_LOOKED_AT, of_same, DIAGNOSES.c.submitted_at < this.submitted_at)
        return next((past for past in earlier if past.request.audit == this.request.audit), None)

    def answered(self, target: str, request: Request) -> bool:
        """Say whether the same was answered before, so that the next answer can be compared with that."""
        asked = select(DIAGNOSES.c.request).where(_answered(target, request.scope))
        with self._database.read() as connection:
            found = connection.execute(asked.order_by(DIAGNOSES.c.submitted_at.desc()).limit(_LOOKED_AT)).scalars()
            return any(msgspec.json.decode(one, type=Request).audit == request.audit for one in found)

    def get(self, id: str) -> PastDiagnosis | None:  # noqa: A002
        """Give the diagnosis of that job."""
        return self._one(DIAGNOSES.c.id == id)

    def in_thread(self, channel: str, thread_ts: str) -> PastDiagnosis | None:
        """Give the newest diagnosis of a thread."""
        return self._one(DIAGNOSES.c.channel == channel, DIAGNOSES.c.thread_ts == thread_ts)

    def all_in_thread(self, channel: str, thread_ts: str, limit: int = 100) -> tuple[PastDiagnosis, ...]:
        """Give the last diagnoses of a thread, the oldest first."""
        found = self._newest(limit, DIAGNOSES.c.channel == channel, DIAGNOSES.c.thread_ts == thread_ts)
        return found[::-1]

    def _one(self, *conditions: ColumnElement[bool]) -> PastDiagnosis | None:
        return next(iter(self._newest(1, *conditions)), None)

    def _newest(self, limit: int, *conditions: ColumnElement[bool]) -> tuple[PastDiagnosis, ...]:
        wanted = select(DIAGNOSES).where(*conditions).order_by(DIAGNOSES.c.submitted_at.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(_past(row) for row in connection.execute(wanted).mappings())


def _answered(target: str, scope: str) -> ColumnElement[bool]:
    return (DIAGNOSES.c.target == target) & (DIAGNOSES.c.scope == scope) & (DIAGNOSES.c.state == JobState.DONE)


def _kept(report: Report | None, suspects: Mapping[str, str]) -> tuple[PastFinding, ...]:
    return tuple(
        PastFinding(
            code=finding.code,
            title=finding.title,
            subject=finding.subject,
            severity=finding.severity,
            summary=finding.summary,
            cause=not finding.explained_by,
            suspect=suspects.get(finding.id, ""),
        )
        for finding in (report.findings if report else ())
    )


def _past(row: RowMapping) -> PastDiagnosis:
    read = {
        "request": msgspec.json.decode(row["request"], type=Request),
        "state": JobState(row["state"]),
        "findings": msgspec.json.decode(row["findings"], type=tuple[PastFinding, ...]),
        "figures": msgspec.json.decode(row["figures"], type=dict[str, float]),
    }
    return PastDiagnosis(**{**row, **read})
