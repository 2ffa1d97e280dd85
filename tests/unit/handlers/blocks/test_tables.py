"""Rankings as Slack's tables: plain cells, amounts to the right, one a message."""

from handlers.blocks.tables import CELL, tables
from sickbay.diagnostics.model import Table
from tests.unit.command_line.reports import report
from tests.unit.handlers.blocks.payloads import assert_slack_takes, text_of

CPU = Table(title="Top by CPU: 2 running containers", columns=("Container", "CPU", "Last error"), rows=(
    ("web-1", "93.1 %", "refused"), ("db-1", "0.2 %", "—"),
))  # fmt: skip


def test_a_ranking_is_a_message_with_a_table() -> None:
    """Given a ranking, when rendered, then its title stands over a table whose first row names the columns."""
    (message,) = tables("default.abc", report(tables=(CPU,)))

    assert_slack_takes(message)
    assert message.key == "default.abc:table:0"
    assert message.text == "Top by CPU: 2 running containers: web-1 93.1 %; db-1 0.2 %"
    assert [[cell["text"] for cell in row] for row in message.blocks[1]["rows"]] == [
        ["Container", "CPU", "Last error"],
        ["web-1", "93.1 %", "refused"],
        ["db-1", "0.2 %", "—"],
    ]


def test_amounts_stand_to_the_right_and_names_to_the_left() -> None:
    """Given a column of names, one of amounts and one of words, then only the amounts are to the right."""
    (message,) = tables("default.abc", report(tables=(CPU,)))

    assert [column["align"] for column in message.blocks[1]["column_settings"]] == ["left", "right", "left"]


def test_a_name_is_no_markup_and_has_an_end() -> None:
    """Given a name that would ping a channel, and an endless one, when rendered, then both are raw text, and cut."""
    rows = (("<!channel>", "1"), ("x" * 5000, "0"), ("", "a\nb"))
    (message,) = tables("default.abc", report(tables=(Table(title="t", columns=("a", "b"), rows=rows),)))

    cells = [cell for row in message.blocks[1]["rows"] for cell in row]
    assert {cell["type"] for cell in cells} == {"raw_text"}
    assert cells[2]["text"] == "<!channel>"
    assert max(len(cell["text"]) for cell in cells) == CELL
    assert [cell["text"] for cell in cells[-2:]] == ["—", "a b"]
    assert "<" not in message.text


def test_an_empty_ranking_says_so() -> None:
    """Given a ranking without rows, which no table may be, when rendered, then a sentence stands in its place."""
    (message,) = tables(
        "default.abc", report(tables=(Table(title="Top by errors: 0 containers", columns=("a",), rows=()),))
    )

    assert_slack_takes(message)
    assert "Nothing to rank." in text_of(message)


def test_a_report_without_a_ranking_has_no_such_message() -> None:
    """Given a report of a diagnosis alone, when rendered, then there is no table."""
    assert tables("default.abc", report()) == ()
