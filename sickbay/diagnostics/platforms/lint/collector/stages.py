"""The stages of a Dockerfile, with the build arguments in their bases filled in as far as they have defaults."""

import re
from collections.abc import Iterable, Mapping

from sickbay.diagnostics.platforms.lint.dockerfile import Instruction
from sickbay.diagnostics.platforms.lint.snapshot import Stage

_ARGUMENT = re.compile(r"\$(?:\{(\w{1,100})(?::?-([^}]{0,200}))?\}|(\w{1,100}))")
_NAMED = 3


def stages_of(instructions: Iterable[Instruction]) -> tuple[Stage, ...]:
    """Give the stages in order; what stands before the first FROM belongs to none."""
    arguments: dict[str, str] = {}
    begun: list[tuple[Instruction, list[Instruction]]] = []
    for item in instructions:
        if item.keyword == "FROM" and not item.onbuild:
            begun.append((item, []))
        elif begun:
            begun[-1][1].append(item)
        elif item.keyword == "ARG":
            name, _, default = item.value.partition("=")
            arguments[name.strip()] = default.strip().strip("\"'")
    return tuple(_stage(first, rest, arguments) for first, rest in begun)


def _stage(first: Instruction, rest: list[Instruction], arguments: Mapping[str, str]) -> Stage:
    words = first.words
    named = len(words) == _NAMED and words[1].lower() == "as"
    return Stage(
        base=_filled(words[0], arguments) if words else "",
        line=first.line,
        name=words[2] if named else "",
        instructions=tuple(rest),
    )


def _filled(text: str, arguments: Mapping[str, str]) -> str:
    """Fill in the arguments; those without a default stay as they are written."""
    return _ARGUMENT.sub(lambda match: arguments.get(match[1] or match[3]) or match[2] or match[0], text)
