"""What a component's own message says, told by its form: each check has its classes and what to do about each."""

import re
from collections.abc import Iterable

from msgspec import Struct


class Form(Struct, frozen=True):
    """A class of fault: how its messages look; why and remedy in words, in which `{0}` is its first group."""

    pattern: str
    why: str
    cure: str


def capitalized(text: str) -> str:
    """Give the text with its first letter large and all others as they are: names keep theirs."""
    return text[:1].upper() + text[1:]


def told(forms: Iterable[Form], message: str) -> tuple[str, str] | None:
    """Give why, and what to do, by the first form that fits the message; nothing where none does."""
    for form in forms:
        if found := re.search(form.pattern, message, re.IGNORECASE):
            return form.why.format(*found.groups()), form.cure.format(*found.groups())
    return None
