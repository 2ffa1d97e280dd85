"""Text from elsewhere cannot act on a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.terminal import one_line, printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain äöü 日本 🩺", "plain äöü 日本 🩺"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("a\r\nb\tc\rd", "a\nb    c\\rd"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
    ],
)
def test_what_would_act_is_written_out(text: str, expected: str) -> None:
    """Given text with and without what acts on a terminal, when made printable, then only that is written out."""
    assert printable(text) == expected


@given(st.text())
def test_nothing_that_acts_is_left(text: str) -> None:
    """Given any text, when made printable, then it holds no control character but the line end, and no override."""
    left = {char for char in printable(text) if unicodedata.category(char) in {"Cc", "Cs"}}

    assert left <= {"\n"}
    assert not set(printable(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_one_line_is_one_line() -> None:
    """Given several lines, when put on one, then no line end is left."""
    assert one_line("a\n  b\r\nc") == "a b c"
