"""Whatever somebody without the key does to the rows of the audit log is found."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from sickbay.incidents.audit import Audit, Entry, Head
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.tables import AUDIT

#: Rows of the log that is tampered with.
ROWS = 8
COLUMNS = [column.name for column in AUDIT.columns]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
PLACES = st.integers(0, ROWS - 1)
Stored = dict[str, object]


class Log:
    """A log, its rows as they were written, and its head."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._audit = Audit(database, b"k" * 32)
        for number in range(ROWS):
            self._audit.append(
                Entry(
                    at=datetime(2026, 5, 1, 12, number, tzinfo=UTC),
                    actor=f"U{number % 2}",
                    channel="C1",
                    action="logs",
                    target="prod",
                    detail=f"web-{number}",
                    rule="default",
                    outcome="accepted",
                )
            )
        self.rows: list[Stored] = [{column: getattr(row, column) for column in COLUMNS} for row in self._audit.rows()]
        self.head = Head(ROWS, str(self.rows[-1]["mac"]))

    def problem_with(self, rows: Sequence[Stored], exported: Head | None = None) -> str:
        """Put these rows in place of the log's and verify it."""
        with self._database.begin() as connection:
            connection.execute(delete(AUDIT))
            if rows:
                connection.execute(insert(AUDIT), list(rows))
        return self._audit.verify(exported).problem


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    database = Database(sqlite_url(tmp_path_factory.mktemp("audit")))
    database.upgrade()
    yield Log(database)
    database.close()


def test_the_rows_themselves_are_sound(log: Log) -> None:
    """Given the rows as they were written, when they are verified, then nothing is wrong."""
    assert not log.problem_with(log.rows, log.head)


@settings(deadline=None)
@given(PLACES, st.sampled_from(COLUMNS[1:]), TEXTS)
def test_a_changed_row_is_found(log: Log, place: int, column: str, text: str) -> None:
    """Given any row, when any text of it is changed to any other, then that row is named."""
    assume(log.rows[place][column] != text)
    rows = [dict(row) for row in log.rows]
    rows[place][column] = text

    assert log.problem_with(rows).startswith(f"row {place + 1} ")


@settings(deadline=None)
@given(PLACES, PLACES, st.sampled_from(COLUMNS))
def test_a_text_moved_between_rows_is_found(log: Log, one: int, other: int, column: str) -> None:
    """Given any two rows, when what one says is put into the other as well, or both change places, it is found."""
    assume(log.rows[one][column] != log.rows[other][column])
    rows = [dict(row) for row in log.rows]
    rows[one][column], rows[other][column] = rows[other][column], rows[one][column]

    assert log.problem_with(rows).startswith(f"row {min(one, other) + 1} ")


@settings(deadline=None)
@given(st.sets(PLACES, min_size=1), st.booleans())
def test_removed_rows_are_found(log: Log, places: set[int], numbered_anew: bool) -> None:
    """Given any rows, when they are removed, at the end too, and the rest is numbered anew or not, then it is found."""
    rows = [dict(row) for place, row in enumerate(log.rows) if place not in places]
    if numbered_anew:
        for number, row in enumerate(rows, 1):
            row["sequence"] = number

    assert log.problem_with(rows)


@settings(deadline=None)
@given(st.permutations(range(ROWS)), st.booleans())
def test_rows_in_another_order_are_found(log: Log, order: list[int], macs_move: bool) -> None:
    """Given any other order of the rows, with or without their macs, when it is verified, then it is found."""
    assume(order != sorted(order))
    stay = ("sequence",) if macs_move else ("sequence", "previous", "mac")
    rows = [
        {**log.rows[which], **{name: row[name] for name in stay}} for row, which in zip(log.rows, order, strict=True)
    ]

    assert log.problem_with(rows)


@settings(deadline=None)
@given(st.integers(0, ROWS - 1))
def test_a_cut_end_is_found_by_either_head(log: Log, kept: int) -> None:
    """Given any number of rows, when those after it are cut off, then the sealed head tells, as the exported one."""
    rows = log.rows[:kept]

    assert log.problem_with(rows) == f"the end is cut off: the sealed head is row {ROWS}"
    assert log.problem_with(rows, log.head)
