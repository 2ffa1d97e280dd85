"""Sentences about a report that text and Markdown share."""

from collections.abc import Iterator
from datetime import datetime

from handlers.blocks import changes as changed
from handlers.blocks import log_lines
from handlers.blocks.text import counted as kinds
from sickbay.diagnostics.model import Confidence, Report, ReportFinding

#: Changes listed below findings; where they alone were asked for, all are.
_BESIDE = 10


def heading(report: Report) -> str:
    """Give what was asked: the target, its platform and the scope."""
    return f"{report.target.name} ({report.target.platform}), {report.scope or 'all of it'}"


def verdict(report: Report, *, changes: bool = False) -> str:
    """Give the answer in one sentence; `changes` says that nothing else was asked for."""
    if report.blind:
        return "Could not look at it at all."
    if changes:
        return f"{changed.verdict(report, moment)}."
    if not report.findings:
        return "Nothing is wrong, as far as could be seen." if report.gaps else "Nothing is wrong."
    causes, symptoms = len(report.causes), len(report.findings) - len(report.causes)
    folded = f", and {counted(symptoms, 'symptom')} of {'it' if causes == 1 else 'them'}" if symptoms else ""
    return f"{counted(causes, 'finding')}{folded}, the likeliest cause first."


def changes(report: Report, *, alone: bool) -> Iterator[str]:
    """Yield a line for each change, the newest first; all of them where they `alone` were asked for."""
    groups = changed.groups(report.changes)
    listed = groups if alone else groups[:_BESIDE]
    for first, *others in listed:
        told = changed.in_words(first, len(others), others if alone else ())
        yield f"{moment(first.at)} {told}"
    if rest := len(groups) - len(listed):
        yield f"and {counted(rest, 'older one')}: ask for the changes alone"


def watched(report: Report, *, alone: bool) -> str:
    """Give what was watched for changes, and when nobody did; empty where nothing can change."""
    if report.coverage is None:
        return ""
    seen = changed.watched(report.coverage, moment)
    return seen if report.changes or alone else f"{changed.verdict(report, moment)}. {seen}"


def suspicions(finding: ReportFinding, report: Report) -> Iterator[str]:
    """Yield what most likely led to a finding, and the next likely, if any is known."""
    if finding.suspect:
        yield changed.accusation(finding.suspect, report, moment)
        if other := changed.rivalry(finding.suspect, moment):
            yield other


def said(report: Report, finding: ReportFinding) -> Iterator[tuple[str, str]]:
    """Yield what the logs of a finding's subject say: a line of them, and how often and when it stands there."""
    for item in log_lines.of(report, {finding.id}):
        yield item.sample, log_lines.facts(item, moment)


def footer(report: Report) -> str:
    """Give what was looked at and how long it took."""
    return f"Looked at {kinds(report.looked_at) or 'nothing'}. Took {report.duration_s:.1f} s."


def in_file(finding: ReportFinding) -> bool:
    """Say whether it is about lines of a file: its sentence counts them, and that they were read is no news."""
    return finding.subject.startswith("file/")


def about(finding: ReportFinding) -> str:
    """Give what it is about: a file by its path, all else as `kind/name`."""
    return finding.subject.removeprefix("file/")


def doubt(finding: ReportFinding) -> str:
    """Give ` (inferred)` where the target did not say so itself."""
    return " (inferred)" if finding.confidence is Confidence.INFERRED else ""


def seen(finding: ReportFinding) -> str:
    """Give since when the fault is known, when it was last seen, and how many were counted, as far as that is known."""
    if in_file(finding):
        return ""
    first, last = finding.first_seen, finding.last_seen
    if first and last and first != last:
        when = f"from {moment(first)} to {moment(last)}"
    elif last:
        when = f"last at {moment(last)}"
    else:
        when = f"since {moment(first)}" if first else ""
    parts = [f"counted {finding.count}" if finding.count > 1 else "", when]
    told = ", ".join(part for part in parts if part)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def moment(at: datetime) -> str:
    """Give a time to the second, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def counted(count: int, noun: str) -> str:
    """Give `1 finding`, `2 findings`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
