"""The findings of a report as messages of the thread: each cause with its evidence, its fix, and what it explains.

As few messages as Slack's limits allow: 50 blocks, and (measured against what Slack cuts) about 12,000 characters each.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from handlers.blocks.message import Message, Snippet, fallback
from handlers.blocks.text import Block, bullets, context, counted, emoji, plain, preformatted, rich, section
from sickbay.diagnostics.model import Confidence, Evidence, Report, ReportFinding, Severity

SEVERITY = {
    Severity.CRITICAL: ("red_circle", "Critical"),
    Severity.HIGH: ("large_orange_circle", "High"),
    Severity.MEDIUM: ("large_yellow_circle", "Medium"),
    Severity.LOW: ("white_circle", "Low"),
}
#: Causes told in full; further ones get a line each, and beyond those a count.
IN_FULL, IN_LINES = 12, 40
#: Symptoms named under one cause, evidence told under one finding, gaps listed.
FOLDED, PROOFS, GAPS = 8, 6, 15
#: Evidence longer than this is cut in the message and sent whole as a file.
LONG_EVIDENCE = 3000
#: The last lines of long evidence that the message itself shows.
SHOWN_LINES, SHOWN_CHARACTERS = 12, 900
BLOCKS, CHARACTERS = 48, 11_000


def findings(job_id: str, report: Report) -> tuple[Message, ...]:
    """Render the report's findings; nothing for one that has neither findings nor gaps, since the card says it all."""
    if not report.findings and not report.gaps:
        return ()
    pages: list[list[Block]] = [[]]
    size = 0
    for block in _blocks(report):
        length = _length(block)
        if pages[-1] and (len(pages[-1]) >= BLOCKS or size + length > CHARACTERS):
            pages.append([])
            size = 0
        pages[-1].append(block)
        size += length
    text = fallback(_plain(report))
    return tuple(
        Message(key=f"{job_id}:findings:{number}", text=text, blocks=tuple(page)) for number, page in enumerate(pages)
    )


def snippets(job_id: str, report: Report) -> tuple[Snippet, ...]:
    """Give the long evidence of the causes told in full, a file each."""
    long = [
        (finding, item)
        for finding in report.causes[:IN_FULL]
        for item in finding.evidence
        if len(item.value) > LONG_EVIDENCE
    ]
    return tuple(
        Snippet(
            key=f"{job_id}:file:{number}",
            filename=f"{finding.subject.rsplit('/', 1)[-1][:60] or 'evidence'}.log",
            title=f"{finding.code} {item.source}"[:200],
            content=item.value,
        )
        for number, (finding, item) in enumerate(long)
    )


def _blocks(report: Report) -> Iterator[Block]:
    by_id = {finding.id: finding for finding in report.findings}
    causes = report.causes
    for number, finding in enumerate(causes[:IN_FULL]):
        if number:
            yield {"type": "divider"}
        yield _finding(finding, [by_id[item] for item in finding.explains if item in by_id])
    if further := causes[IN_FULL:]:
        lines = [[*_name(item), plain(f" {item.summary}", most=150)] for item in further[:IN_LINES]]
        if len(further) > IN_LINES:
            lines.append([plain(f"and {len(further) - IN_LINES} more")])
        yield rich(section(plain("Also found", bold=True)), bullets(lines))
    if report.gaps:
        lines = [
            [plain(gap.what, bold=True, most=200), plain(f": {gap.reason}", most=300)] for gap in report.gaps[:GAPS]
        ]
        if len(report.gaps) > GAPS:
            lines.append([plain(f"and {len(report.gaps) - GAPS} more")])
        yield rich(section(emoji("grey_question"), plain(" Could not be read", bold=True)), bullets(lines))
    yield context(f"Looked at {counted(report.looked_at) or 'nothing'} in {report.duration_s:.1f} s")


def _finding(finding: ReportFinding, symptoms: Sequence[ReportFinding]) -> Block:
    icon, word = SEVERITY[finding.severity]
    inferred = " (inferred)" if finding.confidence is Confidence.INFERRED else ""
    parts = [
        section(
            emoji(icon),
            plain(f" {word} ", bold=True),
            plain(finding.code, mono=True),
            plain(f" {finding.title}{inferred}: ", most=120),
            plain(finding.subject, bold=True, most=160),
        ),
        section(plain(finding.summary, most=900)),
    ]
    proofs = finding.evidence[:PROOFS]
    short = [item for item in proofs if not _is_block(item)]
    if short:
        parts.append(bullets([_proof(item) for item in short]))
    for item in proofs:
        if _is_block(item):
            parts += [section(plain(_where(item), italic=True)), preformatted(_tail(item.value), SHOWN_CHARACTERS)]
    parts.append(section(emoji("wrench"), plain(" Fix: ", bold=True), plain(finding.remedy.text, most=600)))
    if finding.remedy.command:
        parts.append(preformatted(finding.remedy.command, 400))
    if finding.remedy.owner:
        parts.append(section(plain("Owned by "), plain(finding.remedy.owner, bold=True, most=200)))
    if symptoms:
        lines = [[*_name(item), plain(f" {item.summary}", most=160)] for item in symptoms[:FOLDED]]
        if len(symptoms) > FOLDED:
            lines.append([plain(f"and {len(symptoms) - FOLDED} more")])
        parts += [section(plain("This explains:", bold=True)), bullets(lines)]
    return rich(*parts)


def _name(finding: ReportFinding) -> list[Block]:
    return [emoji(SEVERITY[finding.severity][0]), plain(" "), plain(finding.code, mono=True), plain(" "),
            plain(finding.subject, bold=True, most=120)]  # fmt: skip


def _is_block(item: Evidence) -> bool:
    return "\n" in item.value.strip() or len(item.value) > 300


def _proof(item: Evidence) -> list[Block]:
    return [plain(item.value.strip(), mono=True, most=300), plain(f"  {_where(item)}", italic=True)]


def _where(item: Evidence) -> str:
    return f"{item.source[:200]}, {_time(item.at)}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M:%S} UTC"


def _tail(value: str) -> str:
    """Give the last lines: what went wrong stands at the end of a log."""
    lines = value.strip().splitlines()[-SHOWN_LINES:]
    text = "\n".join(lines)
    return text if len(text) <= SHOWN_CHARACTERS else "…" + text[-SHOWN_CHARACTERS + 1 :]


def _plain(report: Report) -> str:
    if not report.causes:
        return f"{len(report.gaps)} things could not be read"
    return "; ".join(f"{item.code} {item.subject}: {item.summary}" for item in report.causes[:5])


def _length(block: Block) -> int:
    return len(str(block)) // 2
