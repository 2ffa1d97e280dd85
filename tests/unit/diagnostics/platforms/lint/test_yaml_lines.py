"""A Compose file's YAML is read with its lines, and what unfolds or nests without end is refused."""

import time
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.lint.collector.yaml_lines import UnreadableError, read


def test_scalars_are_what_compose_takes_them_for() -> None:
    """Given plain scalars, then only those of YAML 1.2 are more than text; quotes make text."""
    values = read("a: yes\nb: 22:22\nc: 12\nd: 1.5\ne: true\nf: ~\ng: '12'\nh: 2026-01-01\ni:\nj: !reset x\n").root

    assert values == {
        "a": "yes", "b": "22:22", "c": 12, "d": 1.5, "e": True, "f": None, "g": "12", "h": "2026-01-01", "i": None,
        "j": "x",
    }  # fmt: skip


def test_merged_keys_are_filled_in_and_have_their_own_lines() -> None:
    """Given merges, then a key's own value wins, the first merge before the second, and lines are where keys stand."""
    values = read("x: &x {a: 1, b: 1}\ny: &y\n  b: 2\n  c: 2\nz:\n  <<: [*x, *y]\n  a: 3\n")

    assert values.root["z"] == {"a": 3, "b": 1, "c": 2}
    assert [values.line_of(("z", key)) for key in "abc"] == [7, 1, 4]
    assert values.line_of(("z", "gone", "below")) == 5


#: Nine lines that unfold into nine to the power of nine values.
_BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (_BOMB, "unfold into more than"),
        ("a: &a {b: *a}\n", "an alias stands within itself"),
        ("a: &a {<<: *a, b: 1}\n", "an alias stands within itself"),
        ("[" * 100_000, "nested more than"),
        ("[" * 100_000 + "]" * 100_000, "nested more than"),
        ("".join(" " * depth + "a:\n" for depth in range(1000)), "nested more than"),
        ("a: {b: 1, b: 2}\n", "the key `b` stands twice"),
        ("? [a]\n: b\n", "a key must be text"),
        ("a: *gone\n", "undefined alias"),
        ("a: 1\n---\nb: 1\n", "found another document"),
        ("a: \x07\n", "not allowed"),
    ],
    ids=["a bomb", "a circle", "a circle of merges", "open brackets", "deep brackets", "deep keys", "twice", "no text",
         "no anchor", "two documents", "a bell"],
)  # fmt: skip
def test_what_has_no_end_or_no_form_is_refused_at_once(text: str, says: str) -> None:
    """Given YAML made to exhaust its reader, or none, then it is refused with a reason, in a moment."""
    began = time.process_time()

    with pytest.raises(UnreadableError) as refused:
        read(text)

    assert says in str(refused.value)
    assert time.process_time() - began < 2


def test_an_empty_text_has_no_values() -> None:
    """Given nothing or only comments, then there is no value."""
    assert read("# nothing\n").root is None


_PIECES = [
    "a: ",
    "- ",
    "&x ",
    "*x",
    "<<: *x",
    "\n",
    "  ",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "|\n",
    "!t ",
    "? ",
    ": ",
    "#",
    "\t",
    "é",
]


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=30).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Given any text, then it gives values whose lines are the text's, or an UnreadableError, and nothing else."""
    with suppress(UnreadableError):
        last = text.count("\n") + text.count("\r") + 2
        assert all(1 <= line <= last for line in read(text).lines.values())
