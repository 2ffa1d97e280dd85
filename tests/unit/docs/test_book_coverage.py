"""What docs/book.yaml claims is looked up in the code, so that 'covered' is never only a word."""

from pathlib import Path

import pytest

from docs.book_coverage import Item, answer, items
from sickbay.diagnostics.catalogue import load_checks

ROOT = Path(__file__).parents[3]


def test_all_141_items_are_there_once_and_in_order() -> None:
    """Given the book's list, when it is read, then it has its 141 items, numbered from 1."""
    assert [item.item for item in items(ROOT)] == list(range(1, 142))


@pytest.mark.parametrize(
    ("item", "state"),
    [
        (Item(item=1, chapter="", says=""), "not yet"),
        (Item(item=1, chapter="", says="", codes=("DKR-C101",)), "covered"),
        (Item(item=1, chapter="", says="", codes=("DKR-C101", "XXX-X999")), "partly"),
        (Item(item=1, chapter="", says="", codes=("XXX-X999",)), "not yet"),
        (Item(item=1, chapter="", says="", help="DKR-C101: without a shell, so give its full path"), "covered"),
        (Item(item=1, chapter="", says="", help="DKR-C101: a phrase that it does not say"), "not yet"),
        (Item(item=1, chapter="", says="", help="XXX-X999: anything"), "not yet"),
        (Item(item=1, chapter="", says="", top="cpu"), "covered"),
        (Item(item=1, chapter="", says="", top="luck"), "not yet"),
    ],
)
def test_an_item_is_covered_by_what_is_really_there(item: Item, state: str) -> None:
    """Given an item, when what answers it is looked up, then only checks that exist and phrases that are said count."""
    assert answer(item).state == state


def test_the_help_text_of_an_existing_check_says_what_the_list_claims() -> None:
    """Given items that a help text carries, when its check exists, then it really says the phrase."""
    claimed = [item for item in items(ROOT) if item.help and item.help.partition(": ")[0] in load_checks()]

    assert [item.help for item in claimed if not answer(item).told_by] == []
