"""The rankings of a report as messages of the thread, one each, since Slack takes one table a message.

Slack's table scrolls sideways on a phone, where preformatted text would be broken into lines. Its cells are raw text,
in which nothing is parsed.
"""

import re

from handlers.blocks.message import Message, fallback
from handlers.blocks.text import Block, clean, plain, rich, section
from sickbay.diagnostics.model import Report, Table

#: Characters of a cell, and rows that the fallback text tells.
CELL, TOLD = 100, 3
_NUMBER = re.compile(r"[\d—]|none$")


def tables(job_id: str, report: Report) -> tuple[Message, ...]:
    """Render the tables, in their order."""
    return tuple(
        Message(key=f"{job_id}:table:{number}", text=fallback(_plain(table)), blocks=tuple(_blocks(table)))
        for number, table in enumerate(report.tables)
    )


def numeric(table: Table, column: int) -> bool:
    """Say whether a column holds amounts, which are read from the right."""
    return all(_NUMBER.match(row[column]) for row in table.rows)


def _blocks(table: Table) -> list[Block]:
    title = rich(section(plain(table.title, bold=True)))
    if not table.rows:
        return [title, rich(section(plain("Nothing to rank.")))]
    settings = [
        {"align": "right" if column and numeric(table, column) else "left", "is_wrapped": False}
        for column in range(len(table.columns))
    ]
    rows = [[_cell(text) for text in row] for row in (table.columns, *table.rows)]
    return [title, {"type": "table", "rows": rows, "column_settings": settings}]


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": clean(text, CELL).replace("\n", " ").strip() or "—"}


def _plain(table: Table) -> str:
    first = "; ".join(" ".join(row[:2]) for row in table.rows[:TOLD])
    return f"{table.title}: {first or 'nothing to rank'}"
