"""Sentences about a report that text and Markdown share."""

from datetime import datetime

from handlers.blocks.text import counted as kinds
from sickbay.diagnostics.model import Confidence, Report, ReportFinding


def heading(report: Report) -> str:
    """Give what was asked: the target, its platform and the scope."""
    return f"{report.target.name} ({report.target.platform}), {report.scope or 'all of it'}"


def verdict(report: Report) -> str:
    """Give the answer in one sentence."""
    if report.blind:
        return "Could not look at it at all."
    if not report.findings:
        return "Nothing is wrong, as far as could be seen." if report.gaps else "Nothing is wrong."
    causes, symptoms = len(report.causes), len(report.findings) - len(report.causes)
    folded = f", and {counted(symptoms, 'symptom')} of {'it' if causes == 1 else 'them'}" if symptoms else ""
    return f"{counted(causes, 'finding')}{folded}, the likeliest cause first."


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
