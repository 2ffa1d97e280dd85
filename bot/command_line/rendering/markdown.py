"""A report as Markdown, to paste into an issue or a page. Nothing from the target is markup there, nor pings anyone."""

import re
from collections.abc import Iterator

from bot.command_line.rendering import sentences
from sickbay.diagnostics.model import Evidence, Report, ReportFinding, Table
from sickbay.terminal import one_line, printable

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>$])")
_TICKS = re.compile(r"`+")


def markdown(report: Report, *, changes: bool = False) -> str:
    """Give the report as one Markdown document; `changes` says that nothing else was asked for."""
    return "\n".join(_lines(report, changes=changes)) + "\n"


def _lines(report: Report, *, changes: bool) -> Iterator[str]:
    yield f"# {_escaped(sentences.heading(report))}"
    yield ""
    yield sentences.verdict(report, changes=changes)
    for table in report.tables:
        yield from _table(table)
    for finding in report.findings:
        yield ""
        yield from _folded(finding) if finding.explained_by else _cause(finding, report)
        yield from _said(report, finding)
        if finding.explains and not finding.explained_by:
            yield "\n**Explains:**"
    yield from _changes(report, alone=changes)
    if report.gaps:
        yield "\n## Could not be read\n"
        for gap in report.gaps:
            yield f"- {_escaped(gap.what)}: {_escaped(gap.reason)}"
    yield f"\n{_escaped(sentences.footer(report))}"


def _changes(report: Report, *, alone: bool) -> Iterator[str]:
    if watched := sentences.watched(report, alone=alone):
        if report.changes:
            yield "\n## What changed\n"
        for line in sentences.changes(report, alone=alone):
            yield f"- {_escaped(line)}"
        yield f"\n{_escaped(watched)}"


def _table(table: Table) -> Iterator[str]:
    yield f"\n## {_escaped(table.title)}\n"
    yield f"| {' | '.join(_escaped(name) for name in table.columns)} |"
    yield f"|{'---|' * len(table.columns)}"
    for row in table.rows:
        yield f"| {' | '.join(_escaped(cell) or '—' for cell in row)} |"


def _cause(finding: ReportFinding, report: Report) -> Iterator[str]:
    yield f"## {finding.severity.upper()} {finding.code} {_escaped(finding.title)}: {_code(sentences.about(finding))}\n"
    yield f"{_escaped(finding.summary)}{sentences.doubt(finding)}"
    if when := sentences.seen(finding):
        yield f"\n{when}"
    for line in sentences.suspicions(finding, report):
        yield f"\n{_escaped(line)}"
    yield f"\n**Fix:** {_escaped(finding.remedy.text)}"
    if finding.remedy.owner:
        yield f"\n**Owner:** {_escaped(finding.remedy.owner)}"
    if finding.remedy.command:
        yield from _fenced(finding.remedy.command)
    yield "\n**Evidence:**\n"
    for evidence in finding.evidence:
        yield from _evidence(evidence, timed=not sentences.in_file(finding))


def _said(report: Report, finding: ReportFinding) -> Iterator[str]:
    indent = "  " if finding.explained_by else ""
    for number, (sample, facts) in enumerate(sentences.said(report, finding)):
        if not number:
            yield f"\n{indent}**What the logs say:**\n"
        yield f"{indent}- {_code(sample)}: {_escaped(facts)}"


def _folded(finding: ReportFinding) -> Iterator[str]:
    yield (
        f"- {finding.severity.upper()} {finding.code} {_escaped(finding.title)}: {_code(sentences.about(finding))}: "
        f"{_escaped(finding.summary)}{sentences.doubt(finding)}"
    )


def _evidence(evidence: Evidence, *, timed: bool) -> Iterator[str]:
    source = f"- {_code(evidence.source)}" + (f" at {sentences.moment(evidence.at)}" if timed else "")
    if "\n" in evidence.value.strip():
        yield f"{source}:"
        yield from (f"  {line}" if line else "" for line in _fenced(evidence.value.strip("\n")))
    else:
        yield f"{source}: {_code(evidence.value)}"


def _fenced(text: str) -> Iterator[str]:
    """Give the text between fences longer than any run of backticks in it."""
    text = printable(text)
    fence = "`" * max(3, _longest_run(text) + 1)
    yield ""
    yield fence
    yield from text.splitlines()
    yield fence


def _code(text: str) -> str:
    """Give the text as a code span, in which Markdown sees nothing else."""
    text = one_line(text) or " "
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _escaped(text: str) -> str:
    """Give the text as prose without markup; `@` and `<` as entities, since a backslash does not stop a mention."""
    text = _MARKUP.sub(r"\\\1", one_line(text).replace("&", "&amp;"))
    return text.replace("<", "&lt;").replace("@", "&#64;").replace("://", "&#58;//")


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
