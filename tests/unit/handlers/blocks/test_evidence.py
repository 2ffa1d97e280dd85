"""Evidence: facts in a line, the end of long ones, and nothing lost: what is cut is a file."""

import pytest

from handlers.blocks.evidence import (
    IN_LINE,
    LONG_PROOFS,
    PROOFS,
    SHOWN_CHARACTERS,
    proofs,
    snippets,
)
from handlers.blocks.message import SNIPPET_BYTES
from sickbay.diagnostics.model import Evidence
from tests.unit.command_line.reports import AT, finding
from tests.unit.handlers.blocks.payloads import parts

SOURCE = "GET /containers/db/logs"


def fact(value: str) -> Evidence:
    return Evidence(source=SOURCE, value=value, at=AT)


def shown(*values: str) -> str:
    return "".join(part["text"] for part in parts(proofs([fact(value) for value in values])) if "text" in part)


def files(*values: str) -> list[str]:
    return [item.content for item in snippets("default.abc", [finding(evidence=tuple(map(fact, values)))])]


def test_a_fact_stands_in_a_line_with_its_source_and_time() -> None:
    """Given a short fact, when shown, then its call and its time stand behind it, and there is no file."""
    assert shown("137") == f"137  {SOURCE}, 20:41:03 UTC"
    assert files("137") == []


def test_a_short_log_is_shown_whole() -> None:
    """Given a log of a few lines, when shown, then all of it stands there, under its source, and there is no file."""
    assert shown("a\nb\n") == f"{SOURCE}, 20:41:03 UTCa\nb"
    assert files("a\nb\n") == []


def test_a_long_log_is_shown_by_its_end_and_sent_whole() -> None:
    """Given a log of 100 lines, when shown, then its last 15 stand there, and the file has all."""
    log = "\n".join(f"line {number}" for number in range(100))

    text = shown(log)

    assert "the file below has more" in text
    assert "line 84" not in text
    assert text.endswith("\n".join(f"line {number}" for number in range(85, 100)))
    assert files(log) == [log]


@pytest.mark.parametrize(
    ("length", "whole"), [(IN_LINE, True), (IN_LINE + 1, True), (SHOWN_CHARACTERS, True), (SHOWN_CHARACTERS + 1, False)]
)
def test_the_edge_between_message_and_file(length: int, whole: bool) -> None:
    """Given one line at the edge of what a message shows, when shown, then exactly what is cut is a file."""
    line = "x" * length

    assert (line in shown(line)) is whole
    assert files(line) == ([] if whole else [line])


@pytest.mark.parametrize("length", [3001, 50_000])
def test_a_log_of_more_than_3000_characters_is_always_a_file(length: int) -> None:
    """Given a log beyond 3,000 characters, when sent, then there is a file, whatever its lines are."""
    log = "\n".join(["x" * 99] * (length // 100 + 1))

    assert files(log) == [log]


def test_more_facts_than_a_person_reads_are_counted() -> None:
    """Given one more fact than is told, when shown, then it is counted."""
    assert shown(*[f"fact {number}" for number in range(PROOFS + 1)]).endswith("and 1 more")


def test_more_logs_than_a_person_reads_are_counted() -> None:
    """Given one more log than is told, when shown, then it is counted, and makes no file either."""
    logs = [f"{number}\n" * 20 for number in range(LONG_PROOFS + 1)]

    assert "and 1 more" in shown(*logs)
    assert len(files(*logs)) == LONG_PROOFS


def test_a_file_is_no_larger_than_slack_takes() -> None:
    """Given a log beyond Slack's megabyte, when sent, then its end is, and no character is broken."""
    content = files("ä" * 600_000)[0]

    assert len(content.encode()) == SNIPPET_BYTES
    assert set(content) == {"ä"}


def test_a_log_of_invisible_marks_makes_no_empty_file() -> None:
    """Given a log in which nothing is left when cleaned, when sent, then there is no file, which Slack would refuse."""
    assert files("\u202e" * 4000) == []


def test_files_are_named_for_their_subject() -> None:
    """Given a hostile subject, when its log is sent, then the name is plain, and the title says what it is."""
    evil = finding(subject="container/../we\u202eb\n<!channel>", evidence=(fact("x\n" * 3000),))

    item = snippets("default.abc", [evil])[0]

    assert item.filename == "we_b_channel.log"
    assert item.title == f"DKR-C101 {SOURCE}, 20:41:03 UTC"
