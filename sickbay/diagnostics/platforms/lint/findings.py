"""Faults of one file told as one finding: what is wrong and on which lines, each fault once."""

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from sickbay.diagnostics.model import Confidence, Finding, Remedy
from sickbay.diagnostics.platforms.lint.compose import ComposeFile
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Snapshot

#: Different faults that a summary names, lines that it lists of one, and faults that are shown.
_TOLD, _LINES, _SHOWN = 4, 8, 40
#: Faults that are counted: more say nothing more.
_MOST = 1000
_LONGEST = 200


class Fault(Struct, frozen=True, kw_only=True):
    """One fault: its line, the words that end a sentence about the file, and the text that shows it."""

    line: int
    what: str
    shown: str
    inferred: bool = False


def told(
    lint: Snapshot, file: Dockerfile | ComposeFile, faults: Iterable[Fault], remedy: Remedy | None = None
) -> Iterator[Finding]:
    """Yield one finding for all the faults of the file, or nothing where there are none."""
    found = sorted(dict.fromkeys(islice(faults, _MOST)), key=lambda fault: fault.line)
    if not found:
        return
    lines: dict[str, list[int]] = {}
    for fault in found:
        lines.setdefault(fault.what, []).append(fault.line)
    said = [f"{what}{_on(places)}" for what, places in lines.items()]
    more = f"; and {len(said) - _TOLD} more" if len(said) > _TOLD else ""
    yield Finding(
        subject=file.subject,
        summary=f"{file.path}: {'; '.join(said[:_TOLD])}{more}.",
        evidence=tuple(lint.evidence(_place(file, fault.line), fault.shown[:_LONGEST]) for fault in found[:_SHOWN]),
        confidence=Confidence.INFERRED if all(fault.inferred for fault in found) else Confidence.OBSERVED,
        remedy=remedy,
        count=len(found),
    )


def _place(file: Dockerfile | ComposeFile, line: int) -> str:
    return f"{file.path}:{line}" if line else file.path


def _on(lines: list[int]) -> str:
    """Give the lines in brackets, each once; nothing where the fault has none."""
    known = sorted({line for line in lines if line})
    if not known:
        return ""
    shown = ", ".join(map(str, known[:_LINES])) + (", …" if len(known) > _LINES else "")
    return f" (line{'s' if len(known) > 1 else ''} {shown})"
