"""Whatever a target says, each message of its thread is one that Slack takes, and nothing in it is markup."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handlers.blocks.card import card
from handlers.blocks.changes import changes
from handlers.blocks.evidence import LONG_PROOFS, snippets
from handlers.blocks.findings import BLOCKS, CHARACTERS, IN_FULL, characters, findings, in_full, moment
from handlers.blocks.message import SNIPPET_BYTES
from handlers.blocks.tables import tables
from sickbay.diagnostics.model import Evidence, Report
from sickbay.diagnostics.targets import Request
from sickbay.jobs.model import Destination, Job, JobRecord, JobState
from tests.unit.command_line.reports import finding, report
from tests.unit.handlers.blocks.payloads import TEXT, assert_slack_takes, reports

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
_MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def record_of(report: Report | None, scope: str = "", **changes: object) -> JobRecord:
    job = Job(
        id="default.abc",
        target="local",
        platform="docker",
        zone="default",
        request=Request(scope=scope),
        asked_by="U0ALICE",
        destination=Destination(channel="C0OPS"),
        submitted_at=NOW,
        deadline_at=NOW + timedelta(seconds=180),
        budget_s=60,
    )
    return JobRecord(job=job, report=report, **changes)  # type: ignore[arg-type]  # a test's changes


@_MANY
@given(reports())
def test_findings_of_any_report_are_messages_that_slack_takes(any_report: Report) -> None:
    """Given any report, when its findings are rendered, then each message keeps every limit, at its edge too."""
    messages = findings("default.abc", any_report)

    for message in messages:
        assert_slack_takes(message)
        assert len(message.blocks) <= BLOCKS
        assert sum(characters(block) for block in message.blocks) <= CHARACTERS


@_MANY
@given(reports())
def test_findings_about_lines_of_any_files_are_messages_that_slack_takes(any_report: Report) -> None:
    """Given a lint's report with any names and lines, when rendered, then each message keeps every limit."""
    about_files = [msgspec.structs.replace(item, subject=f"file/{item.subject}") for item in any_report.findings]

    for message in findings("default.abc", msgspec.structs.replace(any_report, findings=tuple(about_files))):
        assert_slack_takes(message)


@_MANY
@given(reports())
def test_rankings_of_any_report_are_messages_that_slack_takes(any_report: Report) -> None:
    """Given any report, when its rankings are rendered, then each is a message of its own that keeps every limit."""
    messages = tables("default.abc", any_report)

    assert len(messages) == len(any_report.tables)
    for message in messages:
        assert_slack_takes(message)


@_MANY
@given(reports())
def test_changes_of_any_report_are_a_message_that_slack_takes(any_report: Report) -> None:
    """Given any report, when its changes alone are rendered, then the message keeps every limit."""
    for message in changes("default.abc", any_report, moment):
        assert_slack_takes(message)


@_MANY
@given(reports())
def test_the_same_report_gives_the_same_messages(any_report: Report) -> None:
    """Given a report, when it is rendered twice, then keys and content are the same, and no key stands twice."""
    messages = findings("default.abc", any_report)

    again = findings("default.abc", any_report)

    assert [(item.key, item.hash) for item in messages] == [(item.key, item.hash) for item in again]
    assert len({item.key for item in messages}) == len(messages)


@_MANY
@example(report(finding(evidence=(Evidence(source="logs", value="<" * 1_100_000, at=NOW),))))
@given(reports())
def test_files_of_any_report_are_ones_that_slack_takes(any_report: Report) -> None:
    """Given any report, when its long evidence becomes files, then their names are plain and their sizes allowed."""
    files = snippets("default.abc", in_full(any_report))

    assert len(files) <= IN_FULL * LONG_PROOFS
    assert len({item.key for item in files}) == len(files)
    for item in files:
        assert 0 < len(item.content.encode()) <= SNIPPET_BYTES
        assert item.filename.isascii()
        assert item.filename.replace(".", "").replace("-", "").replace("_", "").isalnum()
        assert 0 < len(item.title) <= 200
        assert "\u202e" not in item.title


@_MANY
@given(
    st.none() | reports(),
    TEXT,
    st.sampled_from(JobState),
    TEXT,
    st.sampled_from([0, 1, 2]),
    st.sampled_from([0, 1]),
)
def test_any_card_is_a_message_that_slack_takes(
    report: Report | None, scope: str, state: JobState, failure: str, attempt: int, workers: int
) -> None:
    """Given any record, when its card is rendered, then it keeps every limit."""
    record = record_of(
        report if state is JobState.DONE else None,
        scope,
        state=state,
        failure=failure,
        attempt=attempt,
        steps=("Connecting", "Judging"),
        step="Judging",
    )

    assert_slack_takes(card(record, now=NOW, workers=workers))
