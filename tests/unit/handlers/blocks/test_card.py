"""The card: where a diagnosis stands, in words that are true at each moment."""

from datetime import timedelta

import msgspec
import pytest

from handlers.blocks.card import card
from handlers.blocks.message import Message
from handlers.blocks.offers import CANCEL, RUN_AGAIN
from sickbay.diagnostics.model import Gap, Kind, Report, ReportTarget, Severity
from sickbay.jobs.model import BOT_ZONE, JobState
from tests.unit.command_line.reports import CAUSE, GAP, finding, report
from tests.unit.handlers.blocks.payloads import parts, text_of
from tests.unit.handlers.blocks.test_any_report import NOW, record_of


def shown(report: Report | None = None, *, workers: int = 1, seconds: float = 1.25, **changes: object) -> Message:
    return card(record_of(report, **changes), now=NOW + timedelta(seconds=seconds), workers=workers)  # type: ignore[arg-type]  # a test's changes


def buttons(message: Message) -> list[str]:
    return [part["action_id"] for part in parts(list(message.barred)) if part.get("type") == "button"]


def done(*findings_: object, **changes: object) -> str:
    return text_of(shown(report(*findings_, **changes), state=JobState.DONE, ended_at=NOW))  # type: ignore[arg-type]  # findings


def test_a_queued_job_can_be_cancelled() -> None:
    """Given a queued job, when shown, then it says so, who asked, and offers to cancel."""
    message = shown()

    assert "Queued" in text_of(message)
    assert {"type": "user", "user_id": "U0ALICE"} in parts(list(message.blocks))
    assert buttons(message) == [CANCEL]


def test_a_zone_without_workers_is_told_at_once() -> None:
    """Given no worker in the zone, when a job waits, then the card says what it waits for."""
    assert "No worker serves zone default right now" in text_of(shown(workers=0))


def test_a_running_job_shows_its_steps() -> None:
    """Given a job in the second of three steps, when shown, then the first is done and the third is to come."""
    message = shown(state=JobState.RUNNING, steps=("Connecting", "Reading", "Judging"), step="Reading", attempt=1)

    line = [part.get("name") or part["text"].strip() for part in message.barred[1]["elements"][0]["elements"]]
    assert line == [
        "white_check_mark", "Connecting", "hourglass_flowing_sand", "Reading", "white_small_square", "Judging",
    ]  # fmt: skip
    assert "Looking" in text_of(message)
    assert buttons(message) == [CANCEL]


def test_a_lost_worker_is_told_while_the_job_runs_again() -> None:
    """Given the second attempt, when it runs, then the card says that a worker was lost."""
    assert "The worker was lost, trying again (attempt 2)" in text_of(shown(state=JobState.RUNNING, attempt=2))


def test_a_cancelled_second_attempt_is_cancelled() -> None:
    """Given a job that was cancelled in its second attempt, when shown, then it is not said to be tried again."""
    text = text_of(shown(state=JobState.CANCELLED, attempt=2, ended_at=NOW))

    assert "Cancelled" in text
    assert "trying again" not in text


def test_a_failed_job_says_why_and_can_run_again() -> None:
    """Given a failed job, when shown, then its reason stands there, and the button to run it again."""
    message = shown(state=JobState.FAILED, failure="No worker serves zone eu.", ended_at=NOW)

    assert "No answer: No worker serves zone eu." in text_of(message)
    assert "No worker serves zone eu." in message.text
    assert buttons(message) == [RUN_AGAIN]


def test_the_likeliest_cause_is_the_headline() -> None:
    """Given two causes, when done, then the first one's sentence and severity stand on the card, and how many more."""
    assert "High: db exited with code 3. And 1 more." in done(CAUSE, finding(id="2", subject="container/web"))


def test_a_healthy_host_gets_one_line() -> None:
    """Given nothing wrong and nothing unread, when done, then the card says what was looked at."""
    assert "Nothing wrong found: looked at 1 engine, 2 containers" in done()


def test_a_gap_is_never_healthy() -> None:
    """Given no finding but a gap, when done, then the card does not say that nothing is wrong without saying so."""
    text = done(gaps=(GAP,))

    assert "Nothing wrong found in what could be read; 1 thing could not be read" in text


def test_findings_do_not_hide_gaps() -> None:
    """Given a finding and two gaps, when done, then the card counts the gaps too."""
    assert "2 things could not be read" in done(CAUSE, gaps=(GAP, Gap(what="events", reason="denied")))


def test_a_host_that_was_not_reached_is_not_called_well() -> None:
    """Given a report that looked at nothing, when done, then it says so, with gaps and without."""
    assert "Nothing could be looked at; 1 thing could not be read" in done(gaps=(GAP,), looked_at={})
    assert "There was nothing to look at" in done(looked_at={})


def test_an_audit_that_finds_no_failure_says_so() -> None:
    """Given only hygiene, when done, then nobody is woken: no failure, but a weakness."""
    weakness = finding(kind=Kind.HYGIENE, severity=Severity.MEDIUM, summary="db has no memory limit.")

    assert "No failure found, but a weakness (medium): db has no memory limit." in done(weakness)


@pytest.mark.parametrize(("seconds", "took"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (-5.0, "0.0 s")])
def test_elapsed_is_shown(seconds: float, took: str) -> None:
    """Given so many seconds since the command, when shown, then they stand there; a clock set back shows none."""
    assert text_of(shown(seconds=seconds)).endswith(f"{took} · looking back 24 hCancel")


def test_time_alone_is_no_reason_for_an_edit() -> None:
    """Given a running job, when only time passes, then the card need not be edited; a new step is a reason."""
    before, after = (shown(seconds=seconds, state=JobState.RUNNING, steps=("A", "B")) for seconds in (1, 8))

    assert text_of(before) != text_of(after)
    assert before.hash == after.hash
    assert shown(state=JobState.RUNNING, steps=("A", "B"), step="B").hash != before.hash


def test_a_long_scope_does_not_push_the_state_out_of_the_notification() -> None:
    """Given a scope of 10,000 characters, when notified, then the state still stands in the text."""
    assert shown(scope="x" * 10_000).text.endswith(": Queued")


def test_the_hash_of_a_final_card_holds_all_of_it() -> None:
    """Given a final card, when its time differs, then its hash differs: nothing about it is left out."""
    first, second = (
        shown(report(), state=JobState.DONE, ended_at=NOW + timedelta(seconds=seconds)) for seconds in (1, 2)
    )

    assert first.hash != second.hash


def test_a_lint_is_called_so_and_tells_nothing_of_targets() -> None:
    """Given a lint of the bot's own zone that found only weaknesses, when shown, then it is told plainly as a lint."""
    told = report(
        finding(kind=Kind.HYGIENE, summary="Dockerfile: x (line 1)."),
        target=ReportTarget(name="lint", platform="lint", zone=BOT_ZONE),
    )
    record = record_of(told, state=JobState.DONE, ended_at=NOW)
    linted = msgspec.structs.replace(
        record, job=msgspec.structs.replace(record.job, target="lint", zone=BOT_ZONE, message_ts="1.0")
    )

    message = card(linted, now=NOW, workers=1)

    assert message.text == "Lint: High: Dockerfile: x (line 1)."
    assert "Lint, asked by" in text_of(message)
    for word in ("Diagnosis", "looking back", "zone", "weakness"):
        assert word not in text_of(message)
