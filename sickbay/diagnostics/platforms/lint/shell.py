"""The commands in a line of shell, as far as words tell: enough to see what is called, never what it would do."""

import re
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.platforms.lint.dockerfile import Instruction

#: A quoted text, a substitution's or group's bracket, an operator, a line break, or a word.
_TOKEN = re.compile(
    r"(?P<word>(?:'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.|(?:\d?>{1,2}|<)&?\s*[^\s;&|()'\"]*|[^\s;&|()'\"\\])+)"
    r"|(?P<operator>&&|\|\||\|&|[;&|()])|(?P<line>\n)|[ \t\r\f\v]+|.",
    re.DOTALL,
)
_VARIABLE = re.compile(r"[A-Za-z_]\w*=")
#: Words that stand before a command and do not change which it is.
_BEFORE = frozenset({"then", "do", "else", "if", "while", "until", "!", "{", "exec", "time", "nohup", "command", "env"})
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "/bin/sh", "/bin/bash", "/bin/ash", "/bin/dash"})
_SUDO = frozenset({"sudo", "gosu", "su-exec"})


class Command(Struct, frozen=True, kw_only=True):
    """One command: its words, its line, and the operator that follows it (empty at the end)."""

    words: tuple[str, ...]
    line: int
    then: str = ""

    @property
    def name(self) -> str:
        """Give the program without its folder."""
        return self.words[0].rsplit("/", 1)[-1]

    @property
    def arguments(self) -> tuple[str, ...]:
        """Give what is no option."""
        return tuple(word for word in self.words[1:] if not word.startswith("-"))

    def has(self, *options: str) -> bool:
        """Say whether one of the options is given, or an argument of that name."""
        return any(word in options for word in self.words[1:])

    @property
    def text(self) -> str:
        """Give the command on one line."""
        return " ".join(self.words)


def commands(instruction: Instruction) -> Iterator[Command]:
    """Yield the commands of a RUN, CMD, ENTRYPOINT or HEALTHCHECK, in its shell form, its exec form or its heredocs."""
    words = instruction.exec
    if words is not None:
        if len(words) > 2 and words[0] in _SHELLS and words[1].startswith("-") and words[1].endswith("c"):
            yield from split(words[2], instruction.line)
        elif words:
            yield Command(words=words, line=instruction.line)
        return
    if instruction.heredocs and instruction.value.lstrip().startswith("<<"):
        for heredoc in instruction.heredocs:
            yield from split(heredoc.text, heredoc.line, lines_end=True)
        return
    yield from split(instruction.value, instruction.line)


def split(text: str, line: int, *, lines_end: bool = False) -> Iterator[Command]:
    """Yield the commands of a text that begins on `line`; `lines_end` says that its line breaks end commands."""
    words: list[str] = []
    begun = line
    for token in _TOKEN.finditer(text):
        if word := token["word"]:
            begun = begun if words else line
            words.append(word)
            line += word.count("\n")
        elif operator := token["operator"]:
            yield from _command(words, begun, operator)
            words = []
        elif token["line"]:
            if lines_end:
                yield from _command(words, line, ";")
                words = []
            line += 1
    yield from _command(words, begun, "")


def _command(words: list[str], line: int, operator: str) -> Iterator[Command]:
    """Give the command without what stands before it: variables, keywords, sudo."""
    start = 0
    while start < len(words) and (words[start] in _BEFORE or _VARIABLE.match(words[start])):
        start += 1
    if start < len(words) - 1 and words[start] in _SUDO:
        yield Command(words=tuple(_unquoted(word) for word in words[start:]), line=line, then=operator)
        start += 1
    if start < len(words):
        yield Command(words=tuple(_unquoted(word) for word in words[start:]), line=line, then=operator)


def _unquoted(word: str) -> str:
    quoted = len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" and word[0] not in word[1:-1]
    return word[1:-1] if quoted else word
