"""Past diagnoses, on both databases: noted as often as one likes, and found again by whoever asks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from sickbay.diagnostics.model import Gap, Severity
from sickbay.diagnostics.targets import Request
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.diagnoses import Diagnoses, PastFinding
from sickbay.jobs.model import Destination, Job, JobRecord, JobState
from tests.unit.command_line.reports import AT, CAUSE, finding, report

SYMPTOM = finding(
    id="DKR-C102@container/web",
    code="DKR-C102",
    title="Out of memory",
    subject="container/web",
    severity=Severity.CRITICAL,
    explained_by=(CAUSE.id,),
)


def record(nth: int = 1, *, state: JobState = JobState.DONE, target: str = "local", **changes: object) -> JobRecord:
    """The record of the nth job: asked for by U1 in channel C1, nth minutes after the first."""
    at = AT + timedelta(minutes=nth)
    fields: dict[str, object] = {
        "id": f"default.{nth}",
        "target": target,
        "platform": "docker",
        "zone": "default",
        "request": Request(scope="web-1"),
        "asked_by": "U1",
        "destination": Destination(channel="C1"),
        "submitted_at": at,
        "deadline_at": at + timedelta(minutes=3),
        "budget_s": 60.0,
        **changes,
    }
    job = Job(**fields)  # type: ignore[arg-type]  # a test's defaults and changes
    return JobRecord(
        job=job,
        state=state,
        ended_at=at + timedelta(seconds=30) if state.final else None,
        report=report(CAUSE, SYMPTOM) if state is JobState.DONE else None,
    )


@pytest.fixture
def diagnoses(database: Database) -> Diagnoses:
    return Diagnoses(database)


def note(diagnoses: Diagnoses, *records: JobRecord, thread_ts: str = "1.5") -> None:
    for one in records:
        diagnoses.note(one, thread_ts=thread_ts, headline=f"said of {one.job.id}: {one.state}")


def ids(found: object) -> list[str]:
    return [past.id for past in found]  # type: ignore[attr-defined]  # any iterable of diagnoses


def test_a_diagnosis_is_given_back_as_it_was_noted(diagnoses: Diagnoses) -> None:
    """Given a diagnosis with a cause and its symptom, when it is noted, then all that is kept of it is there again."""
    asked = Request(scope="web-1", window=timedelta(hours=2), audit=True)
    note(diagnoses, record(request=asked))

    past = diagnoses.get("default.1")

    assert past
    assert (past.target, past.scope, past.asked_by, past.channel, past.thread_ts) == (
        "local",
        "web-1",
        "U1",
        "C1",
        "1.5",
    )
    assert (past.request, past.state, past.headline) == (asked, JobState.DONE, "said of default.1: done")
    assert past.submitted_at == AT + timedelta(minutes=1)
    assert past.ended_at == AT + timedelta(minutes=1, seconds=30)
    assert past.findings == (
        PastFinding(
            code="DKR-C101", title="Exited with an error", subject="container/db", severity="high",
            summary="db exited with code 3.", cause=True,
        ),
        PastFinding(
            code="DKR-C102", title="Out of memory", subject="container/web", severity="critical",
            summary="db exited with code 3.", cause=False,
        ),
    )  # fmt: skip


def test_what_led_to_a_finding_is_kept(diagnoses: Diagnoses) -> None:
    """Given a change that most likely led to a finding, when the diagnosis is noted, then that is kept with it."""
    found = record()
    assert found.report
    first, *_ = found.report.findings

    diagnoses.note(found, thread_ts="1.5", headline="said", suspects={first.id: "Likely cause: a new image."})

    past = diagnoses.get(found.job.id)
    assert past
    assert [one.suspect for one in past.findings] == ["Likely cause: a new image.", ""]


def test_the_severity_is_that_of_the_likeliest_cause(diagnoses: Diagnoses) -> None:
    """Given a high cause of a critical symptom, when the diagnosis is noted, then it is high, as its card says."""
    note(diagnoses, record())

    past = diagnoses.get("default.1")

    assert past
    assert past.severity == "high"


def test_what_could_not_be_read_is_counted(diagnoses: Diagnoses) -> None:
    """Given a report with no finding and a gap, when it is noted, then it does not look healthy."""
    blind = msgspec.structs.replace(record(), report=report(gaps=(Gap(what="events", reason="timed out"),)))
    note(diagnoses, blind)

    past = diagnoses.get("default.1")

    assert past
    assert (past.severity, past.gaps) == ("", 1)


def test_a_diagnosis_is_noted_anew_as_it_goes_on(diagnoses: Diagnoses) -> None:
    """Given a queued diagnosis, when it is noted at each state, twice, then there is one, in its last state."""
    for state in (JobState.QUEUED, JobState.RUNNING, JobState.DONE):
        note(diagnoses, *[record(state=state)] * 2)

    (past,) = diagnoses.recent("U1")

    assert (past.state, past.headline, len(past.findings)) == (JobState.DONE, "said of default.1: done", 2)


@pytest.mark.parametrize("late", [JobState.QUEUED, JobState.RUNNING])
@pytest.mark.parametrize("final", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_what_has_ended_does_not_run_again(diagnoses: Diagnoses, final: JobState, late: JobState) -> None:
    """Given a diagnosis that has ended, when an earlier state of it is noted late, then it stays ended."""
    note(diagnoses, record(state=final), record(state=late))

    past = diagnoses.get("default.1")

    assert past
    assert (past.state, past.headline) == (final, f"said of default.1: {final}")
    assert past.ended_at


def test_lints_and_logs_are_no_diagnoses(diagnoses: Diagnoses) -> None:
    """Given a lint and a job that reads a log, when they are noted, then nothing is kept."""
    note(diagnoses, record(1, message_ts="1.1"), record(2, request=Request(scope="web-1", logs=True)))

    assert diagnoses.recent("U1") == ()


def test_recent_ones_are_the_askers_own_and_the_newest_first(diagnoses: Diagnoses) -> None:
    """Given diagnoses of two people, when one asks for the last two, then they are theirs, newest first."""
    note(diagnoses, *(record(nth) for nth in (2, 1, 3)), record(4, asked_by="U2"))

    assert ids(diagnoses.recent("U1", limit=2)) == ["default.3", "default.2"]


def test_the_latest_of_each_target(diagnoses: Diagnoses) -> None:
    """Given targets with several runs, when their latest are asked for, then the last that tell are given."""
    note(
        diagnoses,
        record(1),
        record(2, request=Request(scope="db")),
        record(3, state=JobState.CANCELLED),
        record(4, state=JobState.RUNNING),
        record(5, target="prod", state=JobState.FAILED),
        record(6, target="other"),
    )

    latest = diagnoses.latest_of_targets(["local", "prod", "new"])

    assert {name: past.id for name, past in latest.items()} == {"local": "default.2", "prod": "default.5"}
    assert diagnoses.latest_of_targets([]) == {}


def test_the_one_before_is_of_the_same_target_and_scope_and_has_an_answer(diagnoses: Diagnoses) -> None:
    """Given runs of several targets and scopes, when the one before is asked for, then it can be compared with."""
    note(
        diagnoses,
        record(1),
        record(2),
        record(3, state=JobState.FAILED),
        record(4, target="prod"),
        record(5, request=Request()),
        record(6),
        record(7),
    )

    before = diagnoses.before("default.6")

    assert before
    assert before.id == "default.2"
    assert diagnoses.before("default.1") is None
    assert diagnoses.before("unknown") is None


def test_a_run_with_the_audit_is_compared_with_such_alone(diagnoses: Diagnoses) -> None:
    """Given runs with and without `--audit`, when asked for the one before, then it looked for the same."""
    audit: dict[str, Any] = {"request": Request(scope="web-1", audit=True)}
    note(diagnoses, record(1), record(2, **audit), record(3), record(4, **audit))

    assert [past and past.id for past in map(diagnoses.before, ("default.4", "default.3", "default.2"))] == [
        "default.2", "default.1", None,
    ]  # fmt: skip


def test_the_newest_of_a_thread(diagnoses: Diagnoses) -> None:
    """Given two diagnoses in a thread and one in another, when the thread's is asked for, then it is its newer one."""
    note(diagnoses, record(1), record(2))
    note(diagnoses, record(3), thread_ts="9.9")
    note(diagnoses, record(4, destination=Destination(channel="C2")))

    newest = diagnoses.in_thread("C1", "1.5")

    assert newest
    assert newest.id == "default.2"
    assert diagnoses.in_thread("C1", "0.0") is None


def test_no_query_looks_through_all(tmp_path: Path) -> None:
    """Given SQLite, when it plans each query, then it finds the rows by an index."""
    database = Database(sqlite_url(tmp_path))
    database.upgrade()
    diagnoses = Diagnoses(database)
    note(diagnoses, record(1), record(2))
    asked: list[tuple[str, Any]] = []
    event.listen(database._engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))

    diagnoses.recent("U1")
    diagnoses.latest_of_targets(["local", "prod"])
    diagnoses.before("default.2")
    diagnoses.in_thread("C1", "1.5")

    queries = [(statement, parameters) for statement, parameters in asked if "FROM diagnoses" in statement]
    assert len(queries) == 5
    with database.read() as connection:
        for statement, parameters in queries:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert [step.detail for step in plan if "SCAN diagnoses" in step.detail] == []
    database.close()


def test_text_that_a_database_refuses_is_made_harmless(diagnoses: Diagnoses) -> None:
    """Given NUL and half a surrogate pair in what a person typed, when it is noted, then the rest of it is kept."""
    bad = record(request=Request(scope="we\0b"))
    diagnoses.note(bad, thread_ts="1.5", headline="half \ud83d of a 🩺")

    past = diagnoses.get("default.1")

    assert past
    assert (past.scope, past.headline) == ("we\ufffdb", "half ? of a 🩺")
