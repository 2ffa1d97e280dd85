"""Logs that were asked for: none is left out unsaid, and each keeps its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.asked_logs import bounded, compared, for_comparison, log_scope, room, told, unwritten, why
from sickbay.diagnostics.errors import NoLogError, PermanentError
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import LOG_BYTES, LOG_LINES, MOST_LOGS, Gap, Log

TAIL = LogTail(text="listening")
REFUSED = "the log driver keeps nothing with password=hunter2hunter2"


def test_one_that_cannot_be_read_says_why_in_its_place() -> None:
    """Given two containers, one with a log that is refused, when told, then both are there, and no secret is."""
    web, db = told({"web": TAIL, "db": REFUSED})

    assert web == Log(name="web", text="listening")
    assert db.text.startswith("Sickbay could not read this log: The log driver keeps nothing with password=")
    assert "hunter2" not in db.text


def test_one_that_went_meanwhile_says_so() -> None:
    """Given a log that is missing though nothing failed, when told, then it says so; else all that failed."""
    assert why([]) == "it is not there any more"
    assert (
        why([Gap(what=what, reason=reason) for what, reason in [("a", "no"), ("b", "late"), ("c", "no")]]) == "no; late"
    )


def test_where_none_can_be_read_there_is_an_error() -> None:
    """Given one log or two that are refused, when told, then one sentence says why, each reason once."""
    with pytest.raises(PermanentError, match=r"^Sickbay could not read the log of db: The log driver keeps nothing"):
        told({"db": REFUSED})
    with pytest.raises(PermanentError, match=r"^Sickbay could not read the logs: Refused\. The time was up\.$"):
        told({"db": "refused", "web": "refused", "cache": "the time was up"})


def test_those_for_which_there_was_no_room_are_named() -> None:
    """Given twelve containers, when nine are read, then the tenth log names the three others, to be asked for."""
    assert (room(10), room(11)) == (MOST_LOGS, MOST_LOGS - 1)

    logs = told({f"w{number}": TAIL for number in range(9)}, left_out=["w9", "w10", "w11"])

    assert len(logs) == MOST_LOGS
    assert logs[-1].name == "not-read"
    assert logs[-1].text.splitlines()[1:] == ["w9", "w10", "w11"]


def test_to_compare_only_what_could_be_read_is_given() -> None:
    """Given logs to compare of which one is refused, then the others come, those of the unwell marked."""
    found: dict[str, LogTail | str] = {"web": TAIL, "db": REFUSED, "api": TAIL}

    assert compared(found, {"api", "db"}) == (
        Log(name="web", text="listening"),
        Log(name="api", text="listening", unwell=True),
    )
    with pytest.raises(PermanentError, match="could not read the log of db"):
        compared({"db": REFUSED}, {"db"})


def test_what_never_ran_has_no_log() -> None:
    """Given a thing that never ran, then the error is one of its own, so that it is no gap, and holds no secret."""
    error = unwritten("web", "it waits: password=hunter2hunter2")

    assert isinstance(error, NoLogError)
    assert str(error).startswith("Sickbay could not read the log of web: It waits: password=")
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("ordered", "kept"),
    [
        ("UUUUUU", "UUUUU"),
        ("UUUUUH", "UUUUH"),
        ("UUUUUHHH", "UUUHH"),
        ("UHHHHHH", "UHHHH"),
        ("HHHHUU", "UUHHH"),
        ("HU", "UH"),
        ("", ""),
    ],
)
def test_some_healthy_ones_are_kept_to_compare_with(ordered: str, kept: str) -> None:
    """Given more replicas than are read, then the unwell come first, and two healthy ones where there are."""
    assert "".join(for_comparison(list(ordered), "U".__eq__, 5)) == kept


def test_which_subjects_have_logs() -> None:
    """Given a finding's subject, then its log's scope is what a person would type, and none for what writes none."""
    assert log_scope("docker", "container/web-1") == "web-1"
    assert log_scope("kubernetes", "deployment/shop/api") == "shop/deployment/api"
    assert log_scope("kubernetes", "pod/shop/once") == "shop/once"
    assert log_scope("kubernetes", "node/worker-1") is None
    assert log_scope("registry", "image/web:1") is None


def test_of_too_many_lines_the_last_are_kept() -> None:
    """Given a log of more lines than are shown, when bounded, then its end is kept."""
    lines = bounded(Log(name="web", text="\n".join(f"line {number}" for number in range(1_500)) + "\n")).text.split(
        "\n"
    )

    assert (len(lines), lines[0], lines[-1]) == (LOG_LINES, "line 500", "line 1499")


def test_of_too_many_bytes_the_last_are_kept() -> None:
    """Given a log of two bytes a character, when bounded, then its end is kept, and no half a character."""
    text = bounded(Log(name="web", text="x" + "ä" * 600_000 + "!")).text

    assert LOG_BYTES - 2 <= len(text.encode()) <= LOG_BYTES
    assert text.endswith("ä!")


@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_can_be_sent(text: str) -> None:
    """Given any text, surrogates too, when bounded, then UTF-8 holds it."""
    assert len(bounded(Log(name="web", text=text)).text.encode()) <= LOG_BYTES
