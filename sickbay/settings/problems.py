"""What is wrong with a configuration, in words that let a person repair it."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import msgspec

#: A path to a key: `("targets", "prod", "tls", "ca")`, with the index where it leads through a list.
KeyPath = tuple[str | int, ...]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to repair: where it stands (a file or a variable, a key, a line) and a sentence."""

    place: str
    message: str
    path: KeyPath = ()
    line: int | None = None

    def __str__(self) -> str:
        """Give the problem as one line: `sickbay.yaml:7: targets.prod.host: …`."""
        place = f"{self.place}:{self.line}" if self.line else self.place
        return ": ".join([place, *([dotted(self.path)] if self.path else []), self.message])


class SettingsError(Exception):
    """Raised with all that is wrong with the configuration, one problem a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def dotted(path: KeyPath) -> str:
    """Give the path as people write it: `zones[1]`, `targets.prod.tls.ca`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def nearest(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean 'host'?` where a known word is near, else nothing."""
    found = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""
