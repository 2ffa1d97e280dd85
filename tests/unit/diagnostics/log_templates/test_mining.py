"""Entries that are alike become one template, and those that tell of other troubles do not."""

from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.log_templates.mining import mined, telling


def found(*entries: str) -> set[str]:
    return set(mined(dict.fromkeys(entries, 1)).values())


def test_words_that_vary_become_holes() -> None:
    """Given entries that differ in a name, then they are of one template with a hole in its place."""
    people = [f"session of user={name} opened on host a" for name in ("ada", "grace", "linus")]

    assert found(*people) == {"session of user=\0 opened on host a"}


def test_entries_of_other_forms_stay_apart() -> None:
    """Given entries that share few words, or are of other forms, then each is its own template."""
    entries = ("queue mail drained", "queue opened: mail", "cache warmed up")

    assert found(*entries) == set(entries)


def test_troubles_are_never_merged_with_others() -> None:
    """Given entries that differ in the very word that tells of trouble, then they stay apart."""
    entries = ("call to db ended with success today", "call to db ended with failure today")

    assert found(*entries) == set(entries)


def test_the_class_of_a_status_stays() -> None:
    """Given requests that ended in another way, then they stay apart."""
    entries = ('"GET /a HTTP/\0" 5\0 \0', '"GET /a HTTP/\0" 2\0 \0')

    assert found(*entries) == set(entries)
    assert [telling(entry) for entry in entries] == [True, False]


@given(st.dictionaries(st.text(alphabet="abc \0=/", max_size=20), st.integers(1, 9)))
def test_each_entry_has_a_template_that_fits(counts: dict[str, int]) -> None:
    """Given any entries in any order, then each has the same template, which is no longer than it in words."""
    templates = mined(counts)

    assert templates.keys() == counts.keys()
    assert templates == mined(dict(reversed(counts.items())))
    assert all(len(template.split(" ")) == len(entry.split(" ")) for entry, template in templates.items())
