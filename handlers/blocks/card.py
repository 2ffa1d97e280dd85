"""The card of a diagnosis: what was asked, by whom, where it stands, and in the end what was found, in one sentence."""

from datetime import datetime

from handlers.blocks.findings import SEVERITY
from handlers.blocks.message import Message, fallback
from handlers.blocks.text import Block, button, context, counted, emoji, plain, rich, section, user
from sickbay.diagnostics.model import Report
from sickbay.jobs.model import JobRecord, JobState

RUN_AGAIN = "diagnosis_run_again"
CANCEL = "diagnosis_cancel"

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
    name = f"{job.target} › {job.request.scope}" if job.request.scope else job.target
    headline, colour, text = _headline(record, workers)
    blocks: list[Block] = [
        rich(
            section(plain("Diagnosis of "), plain(name, bold=True, most=200), plain("  asked by "), user(job.asked_by)),
            section(*headline),
        )
    ]
    if record.state is JobState.RUNNING and record.steps:
        blocks.append(rich(section(*_checklist(record))))
    blocks.append(context(_details(record, now)))
    blocks.append({"type": "actions", "block_id": "card", "elements": [_button(record)]})
    return Message(
        key=f"{job.id}:card", text=fallback(f"Diagnosis of {name}: {text}"), blocks=tuple(blocks), colour=colour
    )


def _headline(record: JobRecord, workers: int) -> tuple[list[Block], str, str]:
    """Give the line that says where the job stands, its colour, and the same as plain text."""
    icon, word, colour = _STATES[record.state]
    text = word
    if record.state is JobState.DONE and record.report:
        icon, text, colour = _result(record.report)
    elif record.state is JobState.FAILED:
        text = f"{word}: {record.failure}"
    elif record.state is JobState.QUEUED and not workers:
        icon, text = "warning", f"No worker serves zone {record.job.zone} right now; this waits for one"
    elif record.attempt > 1:
        text = f"The worker was lost, trying again (attempt {record.attempt})"
    return [emoji(icon), plain(" "), plain(text, bold=True, most=500)], colour, text


def _result(report: Report) -> tuple[str, str, str]:
    if report.causes:
        first = report.causes[0]
        more = len(report.causes) - 1
        rest = f" (and {more} more)" if more else ""
        return SEVERITY[first.severity][0], f"{first.summary}{rest}", _COLOURS[first.severity]
    if report.gaps:
        return "grey_question", f"Nothing wrong found, but not all could be read ({len(report.gaps)} gaps)", "#daa038"
    return "white_check_mark", f"Nothing wrong found: looked at {counted(report.looked_at)}", "#2eb886"


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
    parts = [took, f"looking back {_span(request.window.total_seconds())}"]
    if request.audit:
        parts.append("with audit")
    if record.job.zone != "default":
        parts.append(f"zone {record.job.zone}")
    return " · ".join(parts)


def _span(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0 and not (unit == "d" and seconds == size):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _button(record: JobRecord) -> Block:
    if record.state.final:
        return button("Run again", RUN_AGAIN, record.job.id)
    return button("Cancel", CANCEL, record.job.id)
