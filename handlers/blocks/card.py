"""The card of a diagnosis: what was asked, by whom, where it stands, and in the end what was found, in one sentence."""

from collections.abc import Iterator
from datetime import datetime

from handlers.blocks.changes import accusation, in_short, suspicion
from handlers.blocks.findings import SEVERITY, marked, moment
from handlers.blocks.message import Message, fallback
from handlers.blocks.muted import Shown, shown
from handlers.blocks.offers import CANCEL, COMPARE, COMPARING, RUN_AGAIN
from handlers.blocks.text import Block, button, clean, context, counted, emoji, person, plain, rich, section
from sickbay.diagnostics.model import Kind
from sickbay.diagnostics.targets import DEFAULT_ZONE
from sickbay.jobs.model import BOT_ZONE, JobRecord, JobState

_STATES = {
    JobState.QUEUED: ("hourglass_flowing_sand", "Queued", "#868686"),
    JobState.RUNNING: ("stethoscope", "Looking", "#1264a3"),
    JobState.DONE: ("white_check_mark", "Done", "#2eb886"),
    JobState.FAILED: ("warning", "No answer", "#daa038"),
    JobState.CANCELLED: ("no_entry_sign", "Cancelled", "#868686"),
}
_COLOURS = {"critical": "#a30200", "high": "#e8740c", "medium": "#daa038", "low": "#868686"}


def card(record: JobRecord, *, now: datetime, workers: int) -> Message:
    """Render the card. `workers` is how many workers of the job's zone are alive."""
    job = record.job
    what = clean(f"{job.target} › {job.request.scope}" if job.request.scope else job.target, 200)
    kind = "Changes" if job.request.changes else "Diagnosis"
    # A lint stands below what it is about.
    title = [plain("Lint", bold=True)] if job.message_ts else [plain(f"{kind} of "), plain(what, bold=True)]
    headline, colour, text = _headline(record, workers)
    suspected, accused = _suspected(record)
    details = context(_details(record, now))
    checklist = [rich(section(*_checklist(record)))] if record.state is JobState.RUNNING and record.steps else []
    return Message(
        key=f"{job.id}:card",
        text=fallback(f"{'Lint' if job.message_ts else f'{kind} of {what}'}: {text}{accused}"),
        blocks=(rich(section(*title, plain(", asked by "), person(job.asked_by))),),
        barred=(
            rich(section(*headline, *_marked(record)), *suspected),
            *checklist,
            details,
            {"type": "actions", "block_id": "card", "elements": list(_buttons(record))},
        ),
        colour=colour,
        clock=None if record.state.final else details,
    )


def _headline(record: JobRecord, workers: int) -> tuple[list[Block], str, str]:
    """Give the line that says where the job stands, its colour, and the same as plain text."""
    icon, text, colour = _STATES[record.state]
    if record.state is JobState.DONE and record.report and record.job.request.changes:
        icon, text = "calendar", in_short(record.report, moment)
    elif record.state is JobState.DONE and record.report:
        icon, text, colour = _result(shown(record.report, record.job.mutes))
    elif record.state is JobState.FAILED:
        text = f"{text}: {record.failure}"
    elif record.state is JobState.QUEUED and not workers and record.job.zone != BOT_ZONE:
        icon, text = "warning", f"No worker serves zone {record.job.zone} right now; this waits for one"
    elif record.state is JobState.RUNNING and record.attempt > 1:
        text = f"The worker was lost, trying again (attempt {record.attempt})"
    return [emoji(icon), plain(" "), plain(text, bold=True, most=500)], colour, text


def _suspected(record: JobRecord) -> tuple[list[Block], str]:
    """Give the line that names the change behind the cause that the card tells, and the same as plain text."""
    report = record.report
    causes = shown(report, record.job.mutes).report.causes if report else ()
    suspect = causes[0].suspect if causes else None
    if report is None or suspect is None:
        return [], ""
    return [suspicion(suspect, report)], f" {accusation(suspect, report, moment)}"


def _marked(record: JobRecord) -> list[Block]:
    """Give what a person said of the cause that the card tells."""
    causes = shown(record.report, record.job.mutes).report.causes if record.report else ()
    return marked(causes[0], record.job.request.judged) if causes else []


def headline(record: JobRecord) -> str:
    """Give in a sentence where a job stands, or what it found."""
    return _headline(record, workers=1)[2]


def _result(seen: Shown) -> tuple[str, str, str]:
    """Give what was found: icon, sentence, colour. What could not be read, or is muted, is never called healthy."""
    report = seen.report
    if report.causes:
        first = report.causes[0]
        icon, word = SEVERITY[first.severity]
        more = len(report.causes) - 1
        failing = any(finding.kind is Kind.INCIDENT for finding in report.findings)
        plainly = failing or report.target.platform == "lint"
        start = f"{word}: " if plainly else f"No failure found, but a weakness ({word.lower()}): "
        end = f" And {more} more." if more else ""
        return icon, f"{start}{clean(first.summary, 440)}{end}", _COLOURS[first.severity]
    if seen.muted and not report.gaps:
        found = counted({"findings": len(seen.muted)})
        return "no_bell", f"Nothing wrong found but what is muted here: {found}", _COLOURS["low"]
    if report.gaps:
        unread = counted({"things": len(report.gaps)})
        start = "Nothing could be looked at" if report.blind else "Nothing wrong found in what could be read"
        return "grey_question", f"{start}; {unread} could not be read", _COLOURS["medium"]
    if report.blind:
        return "grey_question", "There was nothing to look at", _COLOURS["low"]
    return "white_check_mark", f"Nothing wrong found: looked at {counted(report.looked_at)}", _STATES[JobState.DONE][2]


def _checklist(record: JobRecord) -> list[Block]:
    """Give the steps in a row: done, running, to come."""
    at = record.steps.index(record.step) if record.step in record.steps else -1
    line: list[Block] = []
    for number, step in enumerate(record.steps):
        mark = "white_check_mark" if number < at else "hourglass_flowing_sand" if number == at else "white_small_square"
        line += [emoji(mark), plain(f" {step}   ")]
    return line


def _details(record: JobRecord, now: datetime) -> str:
    request = record.job.request
    seconds = max(0.0, ((record.ended_at or now) - record.job.submitted_at).total_seconds())
    took = f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    parts = [took] if record.job.message_ts else [took, f"looking back {_span(request.window.total_seconds())}"]
    if request.audit:
        parts.append("with audit")
    if request.top:
        parts.append(f"top by {request.top}")
    if record.report and record.report.causes and record.report.gaps:
        parts.append(f"{counted({'things': len(record.report.gaps)})} could not be read")
    if record.report and record.report.coverage and not record.report.findings and not request.changes:
        parts.append(in_short(record.report, moment))
    if record.job.zone not in {DEFAULT_ZONE, BOT_ZONE}:
        parts.append(f"zone {record.job.zone}")
    return " · ".join(parts)


def _span(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0 and not (unit == "d" and seconds == size):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _buttons(record: JobRecord) -> Iterator[Block]:
    if not record.state.final:
        yield button("Cancel", CANCEL, record.job.id)
        return
    yield button("Run again", RUN_AGAIN, record.job.id)
    if record.state is JobState.DONE and COMPARING in record.job.may and not record.job.request.changes:
        yield button("Compare with last run", COMPARE, record.job.id)
