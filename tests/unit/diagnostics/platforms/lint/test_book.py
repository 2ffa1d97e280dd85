"""What the source book does wrong in Dockerfiles and Compose files, or warns of, is caught: the files are our own."""

from pathlib import Path

import pytest

from docs import book_coverage
from tests.unit.diagnostics.platforms.lint.linted import found, places

ROOT = Path(__file__).parents[5]
FIXTURES = ROOT / "tests" / "fixtures" / "lint"
#: The item of docs/book.yaml, the check that catches its fixture, and the line.
CAUGHT = {
    3: ("LNT-101", 1), 5: ("LNT-109", 3), 8: ("LNT-111", 3), 21: ("LNT-101", 1), 22: ("LNT-114", 2), 23: ("LNT-113", 2),
    25: ("LNT-108", 4), 26: ("LNT-103", 2), 27: ("LNT-105", 4), 28: ("LNT-111", 3), 29: ("LNT-104", 2),
    44: ("LNT-112", 4), 46: ("LNT-111", 2), 48: ("LNT-113", 1), 49: ("LNT-106", 2), 52: ("LNT-107", 2),
    53: ("LNT-105", 3), 54: ("LNT-107", 2), 72: ("LNT-116", 5), 87: ("LNT-114", 4), 120: ("LNT-115", 2),
    126: ("LNT-107", 5),
}  # fmt: skip


def item_of(file: Path) -> int:
    return int(file.name.partition("-")[0])


FILES = sorted(FIXTURES.iterdir(), key=item_of)


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_an_item_of_the_book_is_caught(file: Path) -> None:
    """Given a file with the fault of one item, then its check says so, on the line."""
    code, line = CAUGHT[item_of(file)]
    path = file.name.partition(".")[2]

    findings = found(code, file.read_bytes(), path)

    assert f"{path}:{line}" in [place for finding in findings for place in places(finding)]


def test_every_item_that_is_caught_has_a_file() -> None:
    """Given the table, then each of its items has one file."""
    assert list(map(item_of, FILES)) == sorted(CAUGHT)


@pytest.mark.parametrize("item", CAUGHT)
def test_the_books_list_names_the_check(item: int) -> None:
    """Given an item of the book that is about files, then docs/book.yaml names the check that catches its fixture."""
    named = {entry.item: entry.codes for entry in book_coverage.items(ROOT)}

    assert CAUGHT[item][0] in named[item]
