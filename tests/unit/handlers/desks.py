"""Desks to ask at: with a queue, a database and an audit in memory, each of which may be away."""

from collections.abc import Sequence
from datetime import datetime

from handlers.desk import Desk
from handlers.guard import Guard
from handlers.workbench import Workbench
from sickbay.diagnostics.targets import Request, Target
from sickbay.incidents.audit import Entry
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.diagnoses import Diagnoses, PastDiagnosis
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.marks import Marks
from sickbay.incidents.model import Incident, Mark
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.policy import Policy, Rule
from sickbay.jobs.errors import QueueUnavailableError, UnreadableRecordError
from sickbay.jobs.model import Destination, Job, JobRecord, JobState, Mute
from sickbay.jobs.queue import Queue
from tests.unit.handlers.incidents import NOW

OPS = Destination(channel="C0OPS", response_url="http://127.0.0.1/hooks/1")
TARGETS = {
    name: Target(name=name, platform="docker", zone=zone)
    for name, zone in (("local", "default"), ("prod-eu", "eu"), ("Prod-US", "us"))
}


class FakeQueue(Queue):
    """A queue in memory, which may be away."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.records: dict[str, JobRecord] = {}
        self.cancellations: list[str] = []
        self.away = False
        self.unreadable = False

    def submit(self, job: Job) -> None:
        self._answer()
        self.jobs.setdefault(job.id, job)

    def record(self, job_id: str) -> JobRecord | None:
        self._answer()
        if self.unreadable:
            raise UnreadableRecordError(job_id, "its state is none")
        job = self.jobs.get(job_id)
        return self.records.get(job_id) or (JobRecord(job=job, state=JobState.DONE) if job else None)

    def cancel(self, job_id: str) -> bool:
        self._answer()
        self.cancellations.append(job_id)
        return len(self.cancellations) == 1

    def scopes(self, zone: str, target: str) -> tuple[str, ...]:
        self._answer()
        return (f"{zone}-{target}-1",)

    def _answer(self) -> None:
        if self.away:
            raise QueueUnavailableError("connection refused")


class FakeDatabase:
    """What the database knows, which may be away."""

    def __init__(self) -> None:
        self.away = False
        self.entries: list[Entry] = []
        self.muted: dict[tuple[str, str], list[Mute]] = {}
        self.threads: dict[tuple[str, str], PastDiagnosis] = {}
        self.runs: list[PastDiagnosis] = []
        self.incidents: dict[tuple[str, str], Incident] = {}
        self.marks: list[Mark] = []
        self.channels: dict[str, Incident] = {}
        self.touched: list[int] = []
        self.calls = 0

    def answer(self) -> None:
        if self.away:
            raise DatabaseUnavailableError("the database does not answer")

    def append(self, entry: Entry) -> int:
        self.calls += 1
        self.answer()
        self.entries.append(entry)
        return len(self.entries)


class FakeMutes(Mutes):
    """Mutes in memory."""

    def __init__(self, database: FakeDatabase) -> None:
        self._known = database

    def mute(self, target: str, channel: str, mute: Mute) -> None:
        self._known.answer()
        self._known.muted.setdefault((target, channel), []).append(mute)

    def active(self, target: str, channel: str, now: datetime) -> tuple[Mute, ...]:
        self._known.answer()
        return tuple(mute for mute in self._known.muted.get((target, channel), ()) if mute.until > now)


class FakeDiagnoses(Diagnoses):
    """Diagnoses in memory."""

    def __init__(self, database: FakeDatabase) -> None:
        self._known = database

    def in_thread(self, channel: str, thread_ts: str) -> PastDiagnosis | None:
        self._known.answer()
        return self._known.threads.get((channel, thread_ts))

    def get(self, id: str) -> PastDiagnosis | None:  # noqa: A002 - it is the field's name
        self._known.answer()
        return next((run for run in self._known.runs if run.id == id), None)

    def answered(self, target: str, request: Request) -> bool:
        self._known.answer()
        return any((run.target, run.request) == (target, request) for run in self._known.runs)

    def before(self, id: str) -> PastDiagnosis | None:  # noqa: A002
        self._known.answer()
        ids = [run.id for run in self._known.runs]
        place = ids.index(id)
        return self._known.runs[place - 1] if place else None


class FakeIncidents(Incidents):
    """Incidents in memory."""

    def __init__(self, database: FakeDatabase) -> None:
        self._known = database

    def in_thread(self, channel: str, thread_ts: str) -> Incident | None:
        self._known.answer()
        return self._known.incidents.get((channel, thread_ts))

    def touch(self, number: int) -> None:
        self._known.answer()
        self._known.touched.append(number)


class FakeMarks(Marks):
    """Marks in memory, of one incident."""

    def __init__(self, database: FakeDatabase) -> None:
        self._known = database

    def set(self, incident: int, mark: Mark, at: datetime) -> None:
        self._known.answer()
        self._known.marks.append(mark)

    def of(self, incident: int) -> tuple[Mark, ...]:
        self._known.answer()
        return tuple(self._known.marks)


class Office:
    """A desk and a workbench with all that stands behind them."""

    def __init__(self, queue: FakeQueue | None = None, rules: Sequence[Rule] = ()) -> None:
        self.queue = queue or FakeQueue()
        self.database = FakeDatabase()
        self.now = NOW
        self.guard = Guard(
            Policy(rules),
            groups_of=lambda _user: frozenset(),
            append=self.database.append,
            incident_of=self.database.channels.get,
        )
        self.diagnoses, self.mutes = FakeDiagnoses(self.database), FakeMutes(self.database)
        self.incidents, self.marks = FakeIncidents(self.database), FakeMarks(self.database)
        self.desk = self.desk_for(TARGETS)
        self.workbench = Workbench(
            self.desk, self.guard, self.diagnoses, self.mutes, self.incidents, self.marks, clock=lambda: self.now
        )

    def desk_for(self, targets: dict[str, Target]) -> Desk:
        """Give a desk for these targets."""
        return Desk(
            self.queue,
            targets,
            budget_s=60,
            guard=self.guard,
            diagnoses=self.diagnoses,
            mutes=self.mutes,
            incidents=self.incidents,
            marks=self.marks,
            clock=lambda: self.now,
        )

    def take(
        self, text: str, *, user: str = "U0ALICE", place: Destination = OPS, request_id: str = "1.2.a"
    ) -> str | None:
        """Type."""
        return self.desk.take(text, asked_by=user, destination=place, request_id=request_id)

    def job(self) -> Job:
        """Give the newest job."""
        return list(self.queue.jobs.values())[-1]

    def traces(self) -> list[tuple[str, str, str, str]]:
        """Give what the audit has: who, what, on which target, and what came of it."""
        return [(item.actor, item.action, item.target, item.outcome) for item in self.database.entries]
