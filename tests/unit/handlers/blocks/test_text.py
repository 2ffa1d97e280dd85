"""Text for Slack: cleaned, cut, escaped, and never more than Slack takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.text import clean, code, counted, escape, plain, preformatted

MOST = st.integers(min_value=1, max_value=400)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("web\u202e1", "web1"),
        ("we\u200bb", "web"),
        ("\x1b[31mred", "[31mred"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("tab\tstays", "tab\tstays"),
        ("tag\U000e0041s", "tags"),
        ("half \ud83d", "half "),
    ],
)
def test_what_cannot_be_seen_is_taken_out(written: str, shown: str) -> None:
    """Given marks that turn text around or are not seen, when cleaned, then they are gone."""
    assert clean(written, 100) == shown


def test_a_cut_is_shown_at_the_edge() -> None:
    """Given text of just the most characters and one more, when cleaned, then only the second is cut, with a mark."""
    assert clean("x" * 10, 10) == "x" * 10
    assert clean("x" * 11, 10) == "x" * 9 + "…"


@given(st.text(alphabet="<>&!@#|a ", max_size=500), MOST)
def test_escaped_text_parses_as_nothing_and_keeps_its_length(text: str, most: int) -> None:
    """Given text full of Slack's signs, when escaped, then none is left, no entity is cut, and the length holds."""
    escaped = escape(text, most)

    assert len(escaped) <= most
    assert not set("<>") & set(escaped)
    assert "&" not in escaped.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


def test_escaping_is_slacks_own() -> None:
    """Given a mention of all, when escaped, then it is written with Slack's three entities."""
    assert escape("<!channel> & co") == "&lt;!channel&gt; &amp; co"


def test_backticks_cannot_end_code() -> None:
    """Given a name with backticks, when shown as code, then the only backticks are the outer ones."""
    assert code("a`b`<!here>") == "`a'b'&lt;!here&gt;`"


def test_a_name_stays_on_its_line() -> None:
    """Given a name with line breaks, when shown in a line, then it forges no other line; a log keeps its lines."""
    assert plain("web\n✅ Nothing wrong")["text"] == "web ✅ Nothing wrong"
    assert preformatted("a\nb", 10)["elements"][0]["text"] == "a\nb"


@pytest.mark.parametrize("nothing", ["", "\u200b", "\x00"])
def test_nothing_is_shown_as_a_blank(nothing: str) -> None:
    """Given text of which nothing is left, when rendered, then it is not empty, which Slack would refuse."""
    assert plain(nothing)["text"] == " "
    assert preformatted(nothing, 10)["elements"][0]["text"] == " "


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, ""),
        ({"containers": 12, "images": 5}, "12 containers, 5 images"),
        ({"engines": 1}, "1 engine"),
        ({"containers stopped before the window": 1}, "1 container stopped before the window"),
    ],
)
def test_counts_read_as_words(counts: dict[str, int], words: str) -> None:
    """Given counts, when written, then a single one has no plural."""
    assert counted(counts) == words


def test_one_of_a_kind_is_singular() -> None:
    """Given counts of one, when counted, then each kind loses its plural, whatever its plural is."""
    counts = {"engines": 1, "ingresses": 1, "registries": 1, "images that all may pull": 1, "pods": 2}
    assert counted(counts) == "1 engine, 1 ingress, 1 registry, 1 image that all may pull, 2 pods"
