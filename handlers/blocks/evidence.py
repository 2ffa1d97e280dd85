"""The evidence of a finding: each fact with its source call and time; a long one by its end, and whole as a file."""

from collections.abc import Iterable, Sequence
from datetime import UTC

from handlers.blocks.message import Snippet, snippet
from handlers.blocks.text import Block, bullets, clean, plain, preformatted, section
from sickbay.diagnostics.model import Evidence, ReportFinding

#: Facts told under one finding, and how many of those may take lines of their own.
PROOFS, LONG_PROOFS = 6, 2
#: Lines of a file told under one finding.
PLACES = 8
#: Characters of a fact that stands within a line.
IN_LINE = 300
#: The last lines of long evidence that the message shows: what went wrong stands at the end of a log.
SHOWN_LINES, SHOWN_CHARACTERS = 15, 1500


def proofs(evidence: Sequence[Evidence]) -> list[Block]:
    """Render the evidence of one finding."""
    long = _long(evidence)
    short = [item for item in evidence if _is_short(item)][: PROOFS - len(long)]
    lines = [[plain(_text(item), mono=True, most=IN_LINE), plain(f"  {_where(item)}", italic=True)] for item in short]
    if rest := len(evidence) - len(short) - len(long):
        lines.append([plain(f"and {rest} more")])
    parts = [bullets(lines)] if lines else []
    for item in long:
        shown = _tail(_text(item))
        what = "" if shown == _text(item) else ", its end; the file below has more"
        parts += [section(plain(f"{_where(item)}{what}", italic=True)), preformatted(shown, SHOWN_CHARACTERS)]
    return parts


def places(evidence: Sequence[Evidence]) -> list[Block]:
    """Render the lines of files that a finding is about: first where, as one looks it up, then what stands there."""
    known = list(dict.fromkeys((item.source, _text(item)) for item in evidence))
    lines = [
        [plain(source, bold=True, most=150), plain("  "), plain(text, mono=True, most=IN_LINE)]
        for source, text in known[:PLACES]
    ]
    if rest := len(known) - len(lines):
        lines.append([plain(f"and {rest} more")])
    return [bullets(lines)] if lines else []


def snippets(job_id: str, findings: Iterable[ReportFinding]) -> tuple[Snippet, ...]:
    """Give, as files, the evidence that `proofs` does not show whole."""
    cut = [
        (finding, item) for finding in findings for item in _long(finding.evidence) if _tail(_text(item)) != _text(item)
    ]
    return tuple(
        snippet(
            f"{job_id}:file:{number}",
            name=finding.subject.partition("/")[2],
            title=f"{finding.code} {_where(item)}",
            text=_text(item),
        )
        for number, (finding, item) in enumerate(cut)
    )


def _long(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [item for item in evidence if not _is_short(item)][:LONG_PROOFS]


def _is_short(item: Evidence) -> bool:
    text = _text(item)
    return "\n" not in text and len(text) <= IN_LINE


def _text(item: Evidence) -> str:
    return clean(item.value, len(item.value)).strip()


def _where(item: Evidence) -> str:
    return f"{clean(item.source, 150)}, {item.at.astimezone(UTC):%H:%M:%S} UTC"


def _tail(text: str) -> str:
    lines = "\n".join(text.splitlines()[-SHOWN_LINES:])
    return lines if len(lines) <= SHOWN_CHARACTERS else "…" + lines[-SHOWN_CHARACTERS + 1 :]
