"""Read a Dockerfile into its instructions, each with its line, the way BuildKit does.

Lines that continue keep their line breaks, and comments between them become empty lines, so that what stands in an
instruction can be told by its line too.
"""

import json
import re
from collections.abc import Iterator

from msgspec import Struct

KEYWORDS = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
#: Characters of an instruction that are shown.
_TEXT = 300
_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S.*)")
_HEREDOC = re.compile(r"(?<![<\w])\d*<<(-?)([\"']?)(\w+)\2")
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})
_FLAG = re.compile(r"\s*--([\w-]+)(?:=(\"[^\"]*\"|\S*))?(?=\s|$)")
_WORDS = re.compile(r"(\S+)\s*(.*)", re.DOTALL)


class Heredoc(Struct, frozen=True):
    """A document within an instruction: its text, the line on which that begins, and the line that ends it."""

    name: str
    line: int
    text: str
    end: int


class Instruction(Struct, frozen=True, kw_only=True):
    """One instruction: its keyword in capitals, its flags without the dashes, and what follows them.

    `exec` holds the words of a JSON array, where the value is one. `onbuild` says that it stood behind ONBUILD.
    """

    keyword: str
    line: int
    value: str
    flags: dict[str, str] = {}
    exec: tuple[str, ...] | None = None
    heredocs: tuple[Heredoc, ...] = ()
    onbuild: bool = False

    @property
    def text(self) -> str:
        """Give the instruction's beginning on one line; an ENV of the old form in the new, which redaction knows."""
        beginning = self.value[:_TEXT]
        name, _, value = beginning.partition(" ")
        if self.keyword == "ENV" and value and "=" not in name:
            return f'ENV {name}="{" ".join(value.split())}"'
        flags = "".join(f"--{name}={value} " if value else f"--{name} " for name, value in self.flags.items())
        return " ".join(f"{self.keyword} {flags}{beginning}".split())

    @property
    def words(self) -> tuple[str, ...]:
        """Give what follows, by words: of a JSON array, or split at blanks."""
        return self.exec if self.exec is not None else tuple(self.value.split())


class Parsed(Struct, frozen=True, kw_only=True):
    """The instructions of a Dockerfile, the frontend that its `# syntax=` names, and heredocs that never end."""

    instructions: tuple[Instruction, ...]
    syntax: str = ""
    unended: tuple[Heredoc, ...] = ()


def parse(text: str) -> Parsed:
    """Read the Dockerfile; whatever the text, something comes back."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    directives = _directives(lines)
    escape = directives.get("escape", "\\")
    reading = _Reading(lines, escape if escape in {"\\", "`"} else "\\")
    instructions = tuple(reading.instructions())
    return Parsed(instructions=instructions, syntax=directives.get("syntax", ""), unended=tuple(reading.unended))


def _directives(lines: list[str]) -> dict[str, str]:
    """Give the directives: comments of the form `# name=value`, before everything else."""
    found: dict[str, str] = {}
    for line in lines:
        match = _DIRECTIVE.fullmatch(line.strip())
        if match is None or match[1].lower() in found:
            break
        found[match[1].lower()] = match[2]
    return found


class _Reading:
    """The lines, and how far they have been read."""

    def __init__(self, lines: list[str], escape: str) -> None:
        self._lines = lines
        self._next = 0
        self._continued = re.compile(rf"{re.escape(escape)}[ \t]*$")
        self.unended: list[Heredoc] = []

    def instructions(self) -> Iterator[Instruction]:
        while self._next < len(self._lines):
            line = self._lines[self._next].strip()
            if not line or line.startswith("#"):
                self._next += 1
                continue
            number = self._next + 1
            yield self._instruction(self._logical(), number)

    def _logical(self) -> str:
        """Give the instruction that begins here, and go behind it."""
        parts: list[str] = []
        while self._next < len(self._lines):
            line = self._lines[self._next]
            self._next += 1
            blank = not line.strip() or line.lstrip().startswith("#")
            if parts and blank:
                parts.append("")
                continue
            parts.append(self._continued.sub("", line))
            if parts[-1] == line:
                break
        return "\n".join(parts).strip()

    def _instruction(self, text: str, line: int) -> Instruction:
        word, rest = _parted(text)
        keyword, onbuild = word.upper(), False
        if keyword == "ONBUILD" and rest:
            word, rest = _parted(rest)
            keyword, onbuild = word.upper(), True
        flags, value = _flags(rest)
        heredocs = tuple(self._heredocs(value)) if keyword in _WITH_HEREDOCS else ()
        return Instruction(
            keyword=keyword,
            line=line,
            value=value,
            flags=flags,
            exec=_array(value),
            heredocs=heredocs,
            onbuild=onbuild,
        )

    def _heredocs(self, value: str) -> Iterator[Heredoc]:
        for dash, _, name in _HEREDOC.findall(value):
            begin = self._next
            while self._next < len(self._lines):
                line = self._lines[self._next]
                self._next += 1
                if (line.lstrip("\t") if dash else line) == name:
                    yield Heredoc(name, begin + 1, "\n".join(self._lines[begin : self._next - 1]), self._next)
                    break
            else:
                heredoc = Heredoc(name, begin + 1, "\n".join(self._lines[begin:]), len(self._lines))
                self.unended.append(heredoc)
                yield heredoc


def _parted(text: str) -> tuple[str, str]:
    match = _WORDS.fullmatch(text)
    return (match[1], match[2]) if match else ("", "")


def _flags(text: str) -> tuple[dict[str, str], str]:
    flags: dict[str, str] = {}
    while match := _FLAG.match(text):
        flags[match[1]] = (match[2] or "").strip('"')
        text = text[match.end() :]
    return flags, text.lstrip(" \t")


def _array(value: str) -> tuple[str, ...] | None:
    if not value.startswith("["):
        return None
    try:
        words = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return tuple(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else None
