"""The tables of `--top`: their order, their bound, and how amounts are written."""

import pytest

from sickbay.diagnostics.rankings import ROWS, memory, percent, ranked, size


def test_the_greatest_comes_first_and_equals_by_name() -> None:
    """Given rows in any order, when ranked, then the greatest is first, and those that are equal stand by name."""
    table = ranked("CPU", "pod", ("Pod",), [((1.0,), ("b",)), ((1.0,), ("a",)), ((2.0,), ("c",))])

    assert table.rows == (("c",), ("a",), ("b",))
    assert table.title == "Top by CPU: 3 pods"


def test_a_long_ranking_is_cut_and_says_so() -> None:
    """Given more rows than a table has, when ranked, then the first are kept and the title tells of how many."""
    table = ranked("CPU", "pod", ("Pod",), [((float(number),), (f"pod-{number}",)) for number in range(57)])

    assert len(table.rows) == ROWS
    assert table.rows[0] == ("pod-56",)
    assert table.title == "Top by CPU: 10 of 57 pods"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (size(0), "0 B"),
        (size(999), "999 B"),
        (size(999.7), "1.0 kB"),
        (size(1_400_000), "1.4 MB"),
        (size(5e16), "50000.0 TB"),
        (memory(1023), "1023 B"),
        (memory(64 * 1024 * 1024), "64.0 MiB"),
        (percent(1.255), "125.5 %"),
    ],
)
def test_amounts_are_written_with_their_unit(written: str, expected: str) -> None:
    """Given an amount at the edge of a unit, when written, then it has the unit in which it is read best."""
    assert written == expected
