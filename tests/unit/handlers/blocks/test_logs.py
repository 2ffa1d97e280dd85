"""Logs that were asked for: one line in the thread, true at each moment, and a file for each that says something."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.logs import log_files, log_line
from handlers.blocks.message import SNIPPET_BYTES
from sickbay.diagnostics.model import Log
from sickbay.diagnostics.targets import Request
from sickbay.jobs.model import JobRecord, JobState
from tests.unit.handlers.blocks.payloads import TEXT, assert_slack_takes, text_of
from tests.unit.handlers.blocks.test_any_report import NOW, record_of

WEB = Log(name="web-1", text="2026-11-23T20:00:00Z listening\n")
SILENT = Log(name="web-2", text="\n")


def asked(*logs: Log, scope: str = "web-1", state: JobState = JobState.DONE, failure: str = "") -> JobRecord:
    record = record_of(None, state=state, logs=logs, failure=failure, ended_at=NOW + timedelta(seconds=2))
    return msgspec.structs.replace(
        record, job=msgspec.structs.replace(record.job, request=Request(scope=scope, logs=True))
    )


def line(record: JobRecord, workers: int = 1) -> str:
    return text_of(log_line(record, workers=workers))


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_until_it_is_read_the_line_says_so(state: JobState) -> None:
    """Given a job that waits or runs, when shown, then the line says whose log is being read, and for whom."""
    assert line(asked(state=state)).startswith("Reading the log of web-1, asked by")


def test_a_zone_without_workers_is_told() -> None:
    """Given no worker in the zone, when the job waits, then the line says what it waits for."""
    assert line(asked(state=JobState.QUEUED), workers=0).endswith(
        ": no worker serves zone default right now; this waits for one"
    )


def test_when_it_was_read_the_line_names_it_and_the_file_has_it() -> None:
    """Given a log, when shown, then the line is short, and the file is named after the container."""
    record = asked(WEB)

    assert line(record).startswith("The log of web-1, asked by")
    assert "nothing" not in line(record)
    (file,) = log_files(record)
    assert (file.filename, file.title, file.content) == (
        "web-1.log",
        "web-1, 20:00:02 UTC",
        "2026-11-23T20:00:00Z listening",
    )


def test_a_silent_log_is_told_since_slack_takes_no_empty_file() -> None:
    """Given two logs, one of them empty, when shown, then the line names the empty one and the other is a file."""
    record = asked(WEB, SILENT, scope="web")

    assert line(record).startswith("The logs of web, asked by")
    assert line(record).endswith(": nothing stands in that of web-2")
    assert [file.filename for file in log_files(record)] == ["web-1.log"]


def test_many_silent_logs_are_counted() -> None:
    """Given seven empty logs, when shown, then five are named."""
    record = asked(*(Log(name=f"w{number}", text="") for number in range(7)))

    assert line(record).endswith(": nothing stands in that of w0, w1, w2, w3, w4 and 2 more")


def test_a_failure_says_why() -> None:
    """Given a log that could not be read, when shown, then the line says why, and there is no file."""
    record = asked(state=JobState.FAILED, failure="No container here is named 'web-1'. Did you mean web?")

    assert line(record).endswith(": No container here is named 'web-1'. Did you mean web?")
    assert log_files(record) == ()


def test_a_cancelled_one_says_so() -> None:
    """Given a cancelled job, when shown, then the line says so."""
    assert line(asked(state=JobState.CANCELLED)).endswith(": cancelled")


def test_each_log_is_a_file_of_its_own() -> None:
    """Given logs whose names differ only in what no file name may hold, when shown, then keys and titles differ."""
    files = log_files(asked(Log(name="a/b", text="x"), Log(name="a b", text="x")))

    assert [file.filename for file in files] == ["a_b.log", "a_b.log"]
    assert len({file.key for file in files}) == len({file.title for file in files}) == 2


@given(scope=TEXT, name=TEXT, text=TEXT, failure=TEXT, state=st.sampled_from(JobState))
def test_any_log_is_a_line_that_slack_takes_and_files_that_it_takes(
    scope: str, name: str, text: str, failure: str, state: JobState
) -> None:
    """Given any words of a target, when shown, then the line keeps Slack's limits, and no file is empty or large."""
    record = asked(Log(name=name, text=text), scope=scope, state=state, failure=failure)

    assert_slack_takes(log_line(record, workers=1))
    for file in log_files(record):
        assert 0 < len(file.content.encode()) <= SNIPPET_BYTES
        assert file.content.strip()
