"""The findings of a report as messages of the thread: each cause with its evidence, its fix, and what it explains.

As few messages as Slack's limits allow: 50 blocks, and about 13,000 characters before Slack refuses the blocks. Many
findings of one kind take one line, so that a host with hundreds of the same symptom still gets a short answer.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby

import msgspec

from handlers.blocks.changes import suspects, what_changed
from handlers.blocks.evidence import places, proofs
from handlers.blocks.log_lines import lines as log_lines
from handlers.blocks.message import Message, fallback
from handlers.blocks.muted import Shown, shown
from handlers.blocks.offers import NOTHING, Offers, finding_buttons
from handlers.blocks.text import (
    Block,
    bullets,
    context,
    counted,
    emoji,
    person,
    plain,
    preformatted,
    rich,
    section,
    sentence,
)
from sickbay.diagnostics.events import Event
from sickbay.diagnostics.model import Confidence, Judged, Judgement, Kind, Report, ReportFinding, Severity

SEVERITY = {
    Severity.CRITICAL: ("red_circle", "Critical"),
    Severity.HIGH: ("large_orange_circle", "High"),
    Severity.MEDIUM: ("large_yellow_circle", "Medium"),
    Severity.LOW: ("white_circle", "Low"),
}
#: Causes told in full, and how many of them may have the same code; the others get a line a code.
IN_FULL, ALIKE = 12, 3
#: Lines of further causes, lines of symptoms under one cause, names in one line, gaps listed; beyond those, a count.
IN_LINES, FOLDED, NAMED, GAPS = 20, 8, 6, 15
#: A command longer than this is not shown: a cut one must not be run.
LONGEST_COMMAND = 600
BLOCKS, CHARACTERS = 48, 12_000
_DEEPEST = 2
_MARKED = {
    Judgement.CAUSE: "Marked the cause",
    Judgement.SYMPTOM: "Marked only a symptom",
    Judgement.IRRELEVANT: "Marked as having nothing to do with it",
}


class _Line(msgspec.Struct):
    """Findings of one code that share a line; `depth` is how far below its cause the first of them stands."""

    depth: int
    findings: list[ReportFinding]


def findings(job_id: str, report: Report, offers: Offers = NOTHING) -> tuple[Message, ...]:
    """Render the report's findings; nothing for one that has neither findings nor gaps, since the card says it all."""
    seen = shown(report, offers.mutes)
    report = seen.report
    if not report.findings and not report.gaps and not seen.muted:
        return ()
    pages: list[list[Block]] = [[]]
    size = 0
    for block in _blocks(job_id, seen, offers):
        length = characters(block)
        if pages[-1] and (len(pages[-1]) >= BLOCKS or size + length > CHARACTERS):
            pages.append([])
            size = 0
        pages[-1].append(block)
        size += length
    text = fallback(_plain(report))
    return tuple(
        Message(key=f"{job_id}:findings:{number}", text=text, blocks=tuple(page)) for number, page in enumerate(pages)
    )


def in_full(report: Report) -> tuple[ReportFinding, ...]:
    """Give the causes that are told in full: the likeliest, few of a kind."""
    seen: Counter[str] = Counter()
    told = []
    for finding in report.causes:
        seen[finding.code] += 1
        if seen[finding.code] <= ALIKE:
            told.append(finding)
    return tuple(told[:IN_FULL])


def characters(part: object) -> int:
    """Give how many characters of text a block holds."""
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else characters(part.get("text"))
        return own + sum(characters(value) for key, value in part.items() if key != "text")
    return sum(characters(item) for item in part) if isinstance(part, list) else 0


def _blocks(job_id: str, seen: Shown, offers: Offers) -> Iterator[Block]:
    report = seen.report
    by_id = {finding.id: finding for finding in report.findings}
    told, heard, suspected = in_full(report), set[str](), set[Event]()
    for number, finding in enumerate(told):
        if number:
            yield {"type": "divider"}
        symptoms = list(explained(finding, by_id))
        yield _finding(finding, symptoms, marked(finding, offers.judged), suspects(finding.suspect, report, suspected))
        suspected |= {finding.suspect.change} if finding.suspect else set()
        yield from log_lines(report, {finding.id, *(item.id for _, item in symptoms)} - heard)
        heard |= {finding.id, *(item.id for _, item in symptoms)}
        if report.target.platform != "lint":
            yield finding_buttons(job_id, report, finding, offers)
    ids = {finding.id for finding in told}
    if further := [(0, finding) for finding in report.causes if finding.id not in ids]:
        yield rich(section(plain("Also found", bold=True)), *_folded(further, IN_LINES))
        audit = " --audit" if any(finding.kind is Kind.HYGIENE for _, finding in further) else ""
        if report.target.platform != "lint":
            yield context(
                f"For the evidence of one of these, ask for it alone: /diagnose {report.target.name} NAME{audit}"
            )
    yield from what_changed(report, moment)
    if report.gaps:
        lines = [
            [plain(gap.what, bold=True, most=200), plain(f": {gap.reason}", most=300)] for gap in report.gaps[:GAPS]
        ]
        if len(report.gaps) > GAPS:
            lines.append([plain(f"and {len(report.gaps) - GAPS} more")])
        yield rich(section(emoji("grey_question"), plain(" Could not be read", bold=True)), bullets(lines))
    if seen.muted:
        yield rich(
            section(emoji("no_bell"), plain(" Muted in this channel", bold=True)),
            *_folded([(0, finding) for finding in seen.muted], FOLDED),
        )
    yield context(f"Looked at {counted(report.looked_at) or 'nothing'} in {report.duration_s:.1f} s")


def marked(finding: ReportFinding, judged: Sequence[Judged]) -> list[Block]:
    """Give what a person said of a finding in the incident, and who; nothing where nobody did."""
    said = next((item for item in judged if (item.code, item.subject) == (finding.code, finding.subject)), None)
    return [plain(f" {_MARKED[said.judgement]} by ", italic=True), person(said.by)] if said and said.by else []


def _finding(
    finding: ReportFinding,
    symptoms: Sequence[tuple[int, ReportFinding]],
    mark: Sequence[Block],
    suspected: Sequence[Block],
) -> Block:
    icon, word = SEVERITY[finding.severity]
    inferred = " (inferred)" if finding.confidence is Confidence.INFERRED else ""
    is_file = _in_file(finding)
    parts = [
        section(
            emoji(icon),
            plain(f" {word} ", bold=True),
            plain(finding.code, mono=True, most=20),
            plain(f" {finding.title}{inferred}: ", most=120),
            plain(_name(finding) if is_file else finding.subject, bold=True, most=160),
        ),
        section(*sentence(finding.summary, 900))
        if is_file
        else section(plain(finding.summary, most=900), *_seen(finding)),
        *(places(finding.evidence) if is_file else proofs(finding.evidence)),
        *suspected,
        section(emoji("wrench"), plain(" Fix: ", bold=True), *sentence(finding.remedy.text, 600)),
    ]
    if mark:
        parts.insert(1, section(emoji("pushpin"), *mark))
    if finding.remedy.command and len(finding.remedy.command) <= LONGEST_COMMAND:
        parts.append(preformatted(finding.remedy.command, LONGEST_COMMAND))
    if finding.remedy.owner:
        parts.append(section(plain("Owned by "), plain(finding.remedy.owner, bold=True, most=200)))
    if symptoms:
        parts += [section(plain("This explains", bold=True)), *_folded(symptoms, FOLDED)]
    return rich(*parts)


def _seen(finding: ReportFinding) -> list[Block]:
    """Give how many were counted, where that is more than one: times of one thing, or things with one fault."""
    if finding.count < 2:
        return []
    last = f", last on {moment(finding.last_seen)}" if finding.last_seen else ""
    return [plain(f" (counted {finding.count}{last})", italic=True)]


def explained(cause: ReportFinding, by_id: Mapping[str, ReportFinding]) -> Iterator[tuple[int, ReportFinding]]:
    """Yield what a cause explains, and what that explains in turn, each once, with how far below the cause it is."""
    seen = {cause.id}
    waiting = [(0, name) for name in reversed(cause.explains)]
    while waiting:
        depth, name = waiting.pop()
        if name in by_id and name not in seen:
            seen.add(name)
            yield depth, by_id[name]
            waiting += [(depth + 1, below) for below in reversed(by_id[name].explains)]


def _folded(items: Sequence[tuple[int, ReportFinding]], most: int) -> list[Block]:
    """Give lists with a line for each code, further ones as a count."""
    lines: dict[str, _Line] = {}
    for depth, finding in items:
        lines.setdefault(finding.code, _Line(min(depth, _DEEPEST), [])).findings.append(finding)
    shown = list(lines.values())[:most]
    lists = [
        bullets([_line(line.findings) for line in group], indent=depth)
        for depth, group in groupby(shown, key=lambda line: line.depth)
    ]
    rest = len(items) - sum(len(line.findings) for line in shown)
    return [*lists, *([section(plain(f"and {rest} more"))] if rest else [])]


def _line(alike: Sequence[ReportFinding]) -> list[Block]:
    first = alike[0]
    start = [emoji(SEVERITY[first.severity][0]), plain(" "), plain(first.code, mono=True, most=20), plain(" ")]
    if len(alike) == 1 and _in_file(first):
        return [*start, *sentence(first.summary, 300)]
    if len(alike) == 1:
        return [*start, plain(first.subject, bold=True, most=120), plain(f" {first.summary}", most=160)]
    names = ", ".join(plain(_name(finding), most=40)["text"] for finding in alike[:NAMED])
    rest = f" and {len(alike) - NAMED} more" if len(alike) > NAMED else ""
    return [*start, plain(f"{len(alike)} × {first.title}: ", bold=True, most=80), plain(names + rest)]


def _in_file(finding: ReportFinding) -> bool:
    """Say whether it is about lines of a file: its sentence names the file and counts them."""
    return finding.subject.startswith("file/")


def _name(finding: ReportFinding) -> str:
    return finding.subject.partition("/")[2] or finding.subject


def moment(at: datetime) -> str:
    """Give a moment as people read it."""
    return f"{at.astimezone(UTC):%d %b %H:%M} UTC"


def _plain(report: Report) -> str:
    if not report.causes:
        return f"{counted({'things': len(report.gaps)})} could not be read"
    return "; ".join(
        f"{item.code} {plain(item.subject, most=100)['text']}: {plain(item.summary, most=400)['text']}"
        for item in report.causes[:5]
    )
