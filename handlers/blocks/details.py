"""'Details' of a finding: every fact with its source and time, the whole fix, and all that it explains, by name."""

from collections.abc import Iterator

from handlers.blocks.changes import suspects
from handlers.blocks.findings import SEVERITY, explained, moment
from handlers.blocks.text import Block, bullets, clean, context, emoji, plain, preformatted, rich, section, sentence
from handlers.blocks.view import CHARACTERS, modal
from sickbay.diagnostics.model import Confidence, Evidence, Report, ReportFinding

#: Facts, and characters of each; symptoms by name.
FACTS, FACT, SYMPTOMS = 30, 2500, 50


def details(report: Report, finding: ReportFinding) -> Block:
    """Give the modal of one finding of the report."""
    icon, word = SEVERITY[finding.severity]
    inferred = " This is concluded, not observed." if finding.confidence is Confidence.INFERRED else ""
    blocks = [
        rich(section(emoji(icon), plain(f" {word}: ", bold=True), plain(finding.subject, bold=True, most=300))),
        rich(section(plain(f"{clean(finding.summary, 1500)}{inferred}", most=1600))),
        context(_seen(finding)),
        *_facts(finding.evidence),
        *([rich(*suspects(finding.suspect, report))] if finding.suspect else []),
        rich(section(emoji("wrench"), plain(" Fix: ", bold=True), *sentence(finding.remedy.text, 1500))),
    ]
    if finding.remedy.command:
        blocks.append(rich(preformatted(finding.remedy.command, FACT)))
    if finding.remedy.owner:
        blocks.append(rich(section(plain("Owned by "), plain(finding.remedy.owner, bold=True, most=300))))
    return modal(finding.code, [*blocks, *_symptoms(report, finding)])


def _facts(evidence: tuple[Evidence, ...]) -> Iterator[Block]:
    """Yield the facts, as many as a view holds."""
    room = CHARACTERS // 2
    for number, fact in enumerate(evidence):
        value = clean(fact.value, len(fact.value)).strip()
        shown = value if len(value) <= FACT else "…" + value[-FACT + 1 :]
        if number == FACTS or len(shown) > room:
            yield context(f"and {len(evidence) - number} more")
            return
        room -= len(shown)
        yield rich(
            section(plain(clean(fact.source, 300), italic=True), plain(f", {moment(fact.at)}")),
            preformatted(shown, FACT),
        )


def _seen(finding: ReportFinding) -> str:
    parts = [finding.title]
    if finding.count > 1:
        parts.append(f"counted {finding.count}")
    first, last = (moment(at) if at else "" for at in (finding.first_seen, finding.last_seen))
    if first == last != "":
        parts.append(f"on {last}")
    else:
        parts += [f"{word} on {at}" for word, at in (("first", first), ("last", last)) if at]
    return " · ".join(parts)


def _symptoms(report: Report, finding: ReportFinding) -> Iterator[Block]:
    by_id = {item.id: item for item in report.findings}
    found = [item for _, item in explained(finding, by_id)]
    if not found:
        return
    lines = [
        [plain(item.code, mono=True, most=20), plain(" "), plain(item.subject, bold=True, most=120)]
        for item in found[:SYMPTOMS]
    ]
    if rest := len(found) - len(lines):
        lines.append([plain(f"and {rest} more")])
    yield rich(section(plain("This explains", bold=True)), bullets(lines))
