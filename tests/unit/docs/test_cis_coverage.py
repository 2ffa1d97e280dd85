"""The table of the CIS Docker Benchmark: the numbers that checks name are real, and what none answers says why."""

from pathlib import Path

from docs.cis_coverage import answering, items, render
from sickbay.diagnostics.catalogue import load_checks

ROOT = Path(__file__).parents[3]


def test_a_number_that_a_check_names_is_in_the_list() -> None:
    """Given the numbers that the checks name, then each is one of the benchmark's, written as the list has it."""
    known = {item.name for item in items(ROOT)}

    assert [
        (check.code, check.benchmark) for check in load_checks().values() if not set(check.benchmark) <= known
    ] == []


def test_no_number_is_listed_twice() -> None:
    """Given the list, then each number stands in it once, with a question in our words."""
    listed = items(ROOT)

    assert len({item.number for item in listed}) == len(listed)
    assert all(item.asks for item in listed)


def test_what_a_check_answers_is_not_called_hidden() -> None:
    """Given an item that a check answers, then the list does not say that nothing can answer it."""
    assert [item.number for item in items(ROOT) if item.hidden and answering(item)] == []


def test_the_table_links_the_check_that_answers() -> None:
    """Given the item on privileged containers, when the table is made, then its row leads to the check."""
    assert "| 5.5 | No container is privileged | [DKR-C111](checks.md#dkr-c111) |\n" in render(ROOT)
