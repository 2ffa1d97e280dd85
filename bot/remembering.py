"""What the database keeps of a job whose thread was brought up to date: the diagnosis, and its line in a timeline."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from handlers.blocks.card import headline
from handlers.blocks.changes import accusation, groups, in_words
from handlers.blocks.findings import moment
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.what_changed import LEAD
from sickbay.incidents.database import Database
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import EntryKind, TimelineEntry
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.model import JobRecord, JobState

#: Of what changed in an incident's time, so much joins its timeline, the newest, and what is suspected beside it.
_MOST_CHANGES = 20


class Remembering:
    """Remembers jobs, each as often as one likes. Raises DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._diagnoses = Diagnoses(database)
        self._incidents = Incidents(database)
        self._timeline = Timeline(database)

    def note(self, record: JobRecord, thread_ts: str) -> None:
        """Remember a diagnosis as its thread shows it.

        In an incident's thread, what it found joins the timeline, and what changed since an hour before the incident.
        """
        said = headline(record)
        self._diagnoses.note(record, thread_ts=thread_ts, headline=said, suspects=_suspects(record.report))
        job = record.job
        if record.state is not JobState.DONE or job.message_ts or job.request.logs:
            return
        incident = self._incidents.in_thread(job.destination.channel, thread_ts)
        if incident is None:
            return
        what = f"{job.target} › {job.request.scope}" if job.request.scope else job.target
        entry = TimelineEntry(
            at=record.ended_at or datetime.now(UTC),
            kind=EntryKind.DIAGNOSIS,
            author=job.asked_by,
            text=f"{what}: {said}",
            key=f"job:{job.id}",
        )
        for one in changes(record.report, incident.opened_at - LEAD):
            self._timeline.write(incident.number, one)
        if not job.request.changes:
            self._timeline.write(incident.number, entry)


def _suspects(report: Report | None) -> dict[str, str]:
    found = report.findings if report else ()
    return {one.id: accusation(one.suspect, report, moment) for one in found if report and one.suspect}


def changes(report: Report | None, since: datetime) -> Iterator[TimelineEntry]:
    """Yield what a report tells of changes: those since a moment, and what is suspected, whenever it was."""
    if report is None:
        return
    listed = groups(change for change in report.changes if change.at >= since)[:_MOST_CHANGES]
    known = {change for group in listed for change in group}
    suspected = {finding.suspect.change for finding in report.findings if finding.suspect}
    for first, *others in [*listed, *groups(suspected - known)]:
        text = in_words(first, len(others))
        key = f"change:{first.at.isoformat()}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        yield TimelineEntry(
            at=first.at, kind=EntryKind.CHANGE, author=f"target {report.target.name}", text=text, key=key
        )
