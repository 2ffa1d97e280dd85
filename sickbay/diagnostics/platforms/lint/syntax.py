"""What makes a builder refuse a Dockerfile, or read a line otherwise than it was meant."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.platforms.lint.dockerfile import KEYWORDS, Instruction
from sickbay.diagnostics.platforms.lint.findings import Fault
from sickbay.diagnostics.platforms.lint.hadolint_rules import told_by
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile

_PAIR = re.compile(r"[\w.${}-]+=")
#: How many words an instruction needs at least; one without a number needs one.
_LEAST = {"CMD": 0, "ENTRYPOINT": 0, "COPY": 2, "ADD": 2}
#: `FROM image`, or `FROM image AS name`.
_FROM_WORDS = (1, 3)
_ENDS_WITHOUT_IMAGE = "has no FROM, so nothing to build"


def broken(file: Dockerfile) -> Iterator[Fault]:
    """Yield the faults."""
    if file.binary:
        yield Fault(line=0, what="is not text", shown="bytes that are no UTF-8")
        return
    yield from _own(file)
    yield from told_by("LNT-113", file)
    for item in file.instructions:
        yield from _meant_otherwise(item)


def _own(file: Dockerfile) -> Iterator[Fault]:
    """Yield what no frontend of Docker takes; with another frontend only that there is nothing."""
    known = [item for item in file.instructions if item.keyword in KEYWORDS]
    if not file.instructions:
        yield Fault(line=0, what="is empty", shown="no instruction")
    elif file.foreign:
        return
    elif len(known) * 2 < len(file.instructions):
        first = file.instructions[0]
        yield Fault(line=first.line, what="is no Dockerfile: hardly a line of it is an instruction", shown=first.text)
    else:
        if not file.stages:
            yield Fault(line=0, what=_ENDS_WITHOUT_IMAGE, shown="no FROM")
        yield from _wrong_instructions(file)
    for heredoc in file.unended:
        yield Fault(line=heredoc.line - 1, what=f"has no line `{heredoc.name}` to end its heredoc", shown=heredoc.name)


def _wrong_instructions(file: Dockerfile) -> Iterator[Fault]:
    begun = False
    for item in file.instructions:
        begun = begun or item.keyword == "FROM"
        if item.keyword not in KEYWORDS:
            yield Fault(line=item.line, what=f"has an unknown instruction {item.keyword[:30]}", shown=item.text)
        elif len(item.words) < _LEAST.get(item.keyword, 1) or _is_odd_from(item):
            yield Fault(line=item.line, what=f"has a {item.keyword} with too few or too many words", shown=item.text)
        elif not begun and item.keyword != "ARG" and file.stages:
            yield Fault(line=item.line, what=f"has a {item.keyword} before its first FROM", shown=item.text)


def _is_odd_from(item: Instruction) -> bool:
    return item.keyword == "FROM" and len(item.words) not in _FROM_WORDS


def _meant_otherwise(item: Instruction) -> Iterator[Fault]:
    if item.keyword == "ENV" and item.value and not _PAIR.match(item.value) and "=" in item.value:
        what = "has an ENV in the old form: all that follows the name is its one value"
        yield Fault(line=item.line, what=what, shown=item.text)
