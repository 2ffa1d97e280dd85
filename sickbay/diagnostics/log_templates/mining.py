"""Merge the distinct masked entries of logs into templates: alike in form, in how they begin, and in most words."""

import re
from collections.abc import Mapping
from operator import eq

from sickbay.diagnostics.log_templates.masking import HOLE

#: The share of words that two of one template have in common.
_ALIKE = 0.6
#: Templates of one form: what is beyond goes to that which is most like it.
_MOST_OF_A_FORM = 50

#: What tells of trouble, in small letters. Two entries that differ in such words are never of one template.
_TROUBLES = (
    "error", "exception", "fatal", "panic", "critical", "fail", "cannot", "can't", "could not", "couldn't", "unable",
    "refused", "denied", "forbidden", "invalid", "unauthori", "timeout", "timed out", "not found", "missing",
    "unreachable", "killed", "abort", "out of memory", "traceback", "crash", "segfault", "no such", "unexpected",
    "deadlock", "corrupt", "expired", "exhausted", "too many", "warn", f'" 5{HOLE}', f"status 5{HOLE}",
    f"status=5{HOLE}",
)  # fmt: skip
#: A word that has more in it than a hole; what stands between words is the entry's form.
_WORD = re.compile(r"[^\s=,;:/\"'()\[\]{}|<>\0]+\0?")


def telling(text: str) -> bool:
    """Say whether a masked text tells of trouble."""
    small = text.lower()
    return any(trouble in small for trouble in _TROUBLES)


class _Template:
    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.entries: list[str] = []

    def alike(self, words: list[str]) -> int:
        return sum(map(eq, self.words, words))

    def add(self, entry: str, words: list[str]) -> None:
        self.entries.append(entry)
        if words != self.words:
            self.words = [mine if mine == word else HOLE for mine, word in zip(self.words, words, strict=True)]


def mined(counts: Mapping[str, int]) -> Mapping[str, str]:
    """Give the template of each entry, of which there are so many; the same entries give the same templates."""
    forms: dict[tuple[str, ...], list[_Template]] = {}
    for entry in sorted(counts, key=lambda entry: (-counts[entry], entry)):
        words = _WORD.findall(entry)
        form = (_WORD.sub("\1", entry), words[0] if words else "", *(word for word in words if _stays(word)))
        _add(forms.setdefault(form, []), entry, words)
    return {
        entry: _filled(form[0], template.words)
        for form, alike in forms.items()
        for template in alike
        for entry in template.entries
    }


def _add(alike: list[_Template], entry: str, words: list[str]) -> None:
    best = max(alike, key=lambda template: template.alike(words), default=None)
    if best and (best.alike(words) >= _ALIKE * len(words) or len(alike) >= _MOST_OF_A_FORM):
        best.add(entry, words)
        return
    alike.append(_Template(words))
    alike[-1].add(entry, words)


def _stays(word: str) -> bool:
    """Say whether a word is never taken for one that varies: it tells of trouble, or is the class of an HTTP status."""
    return word[0].isdigit() or telling(word)


def _filled(form: str, words: list[str]) -> str:
    parts = form.split("\1")
    return "".join(part for pair in zip(parts, [*words, ""], strict=True) for part in pair)
