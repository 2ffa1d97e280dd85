"""A report for a person at a terminal: the cause first, its evidence, its fix, and its symptoms folded beneath.

Nothing from the target is markup: rich gets `Text`, which it does not interpret; what is unprintable is written out.
"""

import textwrap
from collections.abc import Iterator
from typing import TextIO

from rich import box, table
from rich.console import Console, RenderableType
from rich.text import Text

from bot.command_line.rendering import sentences
from handlers.blocks.tables import numeric
from sickbay.diagnostics.model import Evidence, Report, ReportFinding, Severity, Table
from sickbay.terminal import one_line, printable

#: Lines of one piece of evidence that are shown: the end of a log says most. JSON holds all.
_EVIDENCE_LINES = 12
_WIDEST = 110
#: Characters of a line where no terminal tells: no cell of a table is wrapped.
_UNBOUNDED = 1000
_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "bold yellow",
    Severity.MEDIUM: "bold cyan",
    Severity.LOW: "bold",
}


def print_report(report: Report, stream: TextIO, *, changes: bool = False) -> None:
    """Print the report, in colour and wrapped where the stream is a terminal.

    `changes` says that nothing else was asked for.
    """
    console = Console(file=stream, markup=False, highlight=False, emoji=False)
    width = min(console.width, _WIDEST) if console.is_terminal else 0
    console.width = width or _UNBOUNDED
    for line in _lines(report, width, changes=changes):
        console.print(line, soft_wrap=isinstance(line, Text))


def _lines(report: Report, width: int, *, changes: bool) -> Iterator[RenderableType]:
    yield Text(one_line(sentences.heading(report)), "bold")
    yield Text(sentences.verdict(report, changes=changes))
    for ranking in report.tables:
        yield Text()
        yield Text(one_line(ranking.title), "bold")
        yield _table(ranking) if ranking.rows else Text("  Nothing to rank.")
    number = 0
    for finding in report.findings:
        if finding.explained_by:
            yield from _folded(finding, width)
            yield from _said(report, finding, width, indent="     ")
        else:
            number += 1
            yield Text()
            yield from _cause(number, finding, report, width)
            yield from _said(report, finding, width, indent="   ")
            if finding.explains:
                yield Text("   Explains:", "dim")
    yield from _changes(report, width, alone=changes)
    if report.gaps:
        yield Text()
        yield Text("Could not be read:", "bold")
        for gap in report.gaps:
            yield from _wrapped(f"{gap.what}: {gap.reason}", width, first="  - ", rest="    ")
    yield Text()
    yield from _wrapped(sentences.footer(report), width, style="dim")


def _changes(report: Report, width: int, *, alone: bool) -> Iterator[Text]:
    if watched := sentences.watched(report, alone=alone):
        yield Text()
        if report.changes and not alone:
            yield Text("What changed:", "bold")
        for line in sentences.changes(report, alone=alone):
            yield from _wrapped(line, width, first="  - ", rest="    ")
        yield from _wrapped(watched, width, style="dim")


def _table(ranking: Table) -> table.Table:
    shown = table.Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for number, name in enumerate(ranking.columns):
        amounts = number > 0 and numeric(ranking, number)
        shown.add_column(Text(name), justify="right" if amounts else "left", overflow="fold", no_wrap=amounts)
    for row in ranking.rows:
        shown.add_row(*(Text(one_line(cell)) for cell in row))
    return shown


def _cause(number: int, finding: ReportFinding, report: Report, width: int) -> Iterator[Text]:
    yield _title(f"{number}. ", finding)
    yield from _wrapped(finding.summary + sentences.doubt(finding), width, first="   ")
    if when := sentences.seen(finding):
        yield from _wrapped(when, width, first="   ", style="dim")
    for evidence in finding.evidence:
        yield from _evidence(evidence, timed=not sentences.in_file(finding))
    for line in sentences.suspicions(finding, report):
        yield from _wrapped(line, width, first="   ", rest="        ", style="bold")
    yield from _wrapped(f"Fix: {finding.remedy.text}", width, first="   ", rest="        ", style="green")
    if finding.remedy.command:
        yield Text(f"        $ {one_line(finding.remedy.command)}", "green")
    if finding.remedy.owner:
        yield from _wrapped(f"Owner: {finding.remedy.owner}", width, first="   ")


def _said(report: Report, finding: ReportFinding, width: int, *, indent: str) -> Iterator[Text]:
    """Give what the logs say, each line of them on its own, and beneath it how often and when."""
    for number, (sample, facts) in enumerate(sentences.said(report, finding)):
        if not number:
            yield Text(f"{indent}What the logs say:", "dim")
        yield from _wrapped(sample, width, first=f"{indent}  - ", rest=f"{indent}    ")
        yield from _wrapped(facts, width, first=f"{indent}    ", style="dim")


def _folded(finding: ReportFinding, width: int) -> Iterator[Text]:
    yield _title("   └ ", finding)
    yield from _wrapped(finding.summary + sentences.doubt(finding), width, first="     ", style="dim")


def _title(prefix: str, finding: ReportFinding) -> Text:
    return Text.assemble(
        prefix,
        (finding.severity.upper(), _STYLES[finding.severity]),
        f" {finding.code} ",
        (one_line(finding.title), "bold"),
        f" · {one_line(sentences.about(finding))}",
    )


def _evidence(evidence: Evidence, *, timed: bool) -> Iterator[Text]:
    """Show short evidence on the line of its source, long evidence beneath it."""
    source = Text(f"   {one_line(evidence.source)}", "dim")
    lines = printable(evidence.value).splitlines()
    at = Text(f"  [{evidence.at:%H:%M:%S} UTC]" if timed else "", "dim")
    if len(lines) <= 1:
        yield Text.assemble(source, "  ", "".join(lines), at)
        return
    yield Text.assemble(source, at)
    hidden = len(lines) - _EVIDENCE_LINES
    if hidden > 0:
        yield Text(f"     … {sentences.counted(hidden, 'earlier line')}; --format json has all", "dim")
    for line in lines[-_EVIDENCE_LINES:]:
        yield Text(f"     {line}")


def _wrapped(text: str, width: int, *, first: str = "", rest: str = "", style: str = "") -> Iterator[Text]:
    """Give a sentence in lines of the width, indented; in one line where the width is 0."""
    text = one_line(text)
    if not width:
        yield Text(first + text, style)
        return
    rest = rest or " " * len(first)
    for line in textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False):
        yield Text(line, style)
