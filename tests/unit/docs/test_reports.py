"""What docs/reports.md says that one can type is understood."""

import re
from pathlib import Path

import pytest

from handlers.report_grammar import VERBS, changes, parse_report
from sickbay.incidents.when import understand

_GUIDE = (Path(__file__).parents[3] / "docs" / "reports.md").read_text()
_TARGETS = ("prod", "hub")


def _in_first_column(after: str) -> list[str]:
    """Give the code of a table's first column, of the table whose head begins so."""
    rows = _GUIDE.partition(f"| {after} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [code for row in rows for code in re.findall(r"`([^`]+)`", row.split("|")[1])]


@pytest.mark.parametrize("words", _in_first_column("WHEN"))
def test_the_times_of_the_guide_are_times(words: str) -> None:
    """Given words of the guide's table of times, when understood, then they are a time."""
    assert understand(words, "Europe/London").words


@pytest.mark.parametrize("words", _in_first_column("you type"))
def test_the_commands_of_the_guide_are_commands(words: str) -> None:
    """Given words of the guide's table of commands, when parsed, then they are a verb with what it needs."""
    said = parse_report(words.removeprefix("/report "), _TARGETS)

    assert said.verb in VERBS
    if said.verb == "edit":
        wanted = changes(said.rest.replace("#dev", "<#C0DEV|dev>"), _TARGETS)
        assert wanted.targets or wanted.when or wanted.channel or wanted.quiet is not None
        assert not wanted.when or understand(f"daily at 9 {wanted.when}" if "/" in wanted.when else wanted.when, "UTC")
