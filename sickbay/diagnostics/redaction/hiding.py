"""How text is searched: for the words that secrets stand behind, and then only there. That takes time by its length.

A word is found as fast as memory is read, where a pattern would be tried at every character. What a judge looks at
behind and before its word is bounded, or hidden at once, so text made to be hard to search costs no more than other.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

MARK = "[redacted]"
#: The most characters of a name, on either side of the word in it.
LONGEST_NAME = 64

_NAME_SIGNS = ascii_letters + digits + "_.-"
_FOLDING = str.maketrans(ascii_uppercase, ascii_lowercase)


class Hidden(NamedTuple):
    """What is hidden of a text, from `start` to `end`, and what stands in its place."""

    start: int
    end: int
    mark: str = MARK


#: Says what is hidden because of the word at this place of the text.
Judge = Callable[[str, int], Hidden | None]


def hide(text: str, judges: Sequence[tuple[str, Judge]], *, folded: bool = False) -> str:
    """Give the text without what the judges hide of it; `folded` where their words are found in any case."""
    searched = _folded(text) if folded else text
    places = [(at, judge) for word, judge in judges for at in _places(searched, word)]
    if not places:
        return text
    places.sort(key=itemgetter(0))
    parts, done = list[str](), 0
    for at, judge in places:
        found = judge(text, at) if at >= done else None
        if found and found.start >= done:
            parts += (text[done : found.start], found.mark)
            done = found.end
    return "".join((*parts, text[done:])) if parts else text


def name_begins(text: str, at: int) -> int:
    """Give where the name begins that a word stands in."""
    before = text[max(0, at - LONGEST_NAME) : at]
    return at - (len(before) - len(before.rstrip(_NAME_SIGNS)))


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _folded(text: str) -> str:
    """Give the text in small letters, each where it was."""
    small = text.lower()
    return small if len(small) == len(text) else text.translate(_FOLDING)
