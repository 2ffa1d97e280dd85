"""Logs that were asked for: one line that says whose they are, and each log as a file."""

from collections.abc import Sequence
from datetime import UTC

from handlers.blocks.message import Message, Snippet, fallback, snippet
from handlers.blocks.text import Block, clean, person, plain, rich, section, sentence
from sickbay.diagnostics.model import Log
from sickbay.jobs.model import JobRecord, JobState

#: Characters of the scope, of what became of it, and how many logs the line names.
_SCOPE, _OUTCOME, _NAMED = 200, 800, 5


def log_line(record: JobRecord, *, workers: int) -> Message:
    """Render the line. `workers` is how many workers of the job's zone are alive."""
    job = record.job
    scope = clean(job.request.scope, _SCOPE)
    start = "The logs of " if len(record.logs) > 1 else "The log of "
    if not record.state.final:
        start = "Reading the log of "
    outcome = _outcome(record, workers)
    parts = [plain(start), plain(scope, bold=True), plain(", asked by "), person(job.asked_by)]
    return Message(
        key=f"{job.id}:card",
        text=fallback(f"{start}{scope}{outcome}"),
        blocks=(rich(section(*parts, *_told(outcome))),),
    )


def log_files(record: JobRecord) -> tuple[Snippet, ...]:
    """Give each log that is not empty as a file; its title tells it from the same log of another time."""
    at = f", {record.ended_at.astimezone(UTC):%H:%M:%S} UTC" if record.ended_at else ""
    return tuple(
        snippet(
            f"{record.job.id}:log:{number}",
            name=log.name,
            title=f"{log.name}{at}",
            text=clean(log.text, len(log.text)).strip("\n"),
        )
        for number, log in enumerate(record.logs)
        if not _empty(log)
    )


def _outcome(record: JobRecord, workers: int) -> str:
    match record.state:
        case JobState.FAILED:
            return f": {record.failure}"
        case JobState.CANCELLED:
            return ": cancelled"
        case JobState.QUEUED if not workers:
            return f": no worker serves zone {record.job.zone} right now; this waits for one"
        case JobState.DONE:
            return _silent([log.name for log in record.logs if _empty(log)])
    return ""


def _silent(names: Sequence[str]) -> str:
    """Name the logs in which nothing stands, for which Slack takes no file."""
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f": nothing stands in that of {', '.join(names[:_NAMED])}{more}"


def _empty(log: Log) -> bool:
    return not clean(log.text, len(log.text)).strip()


def _told(outcome: str) -> list[Block]:
    return sentence(outcome, _OUTCOME) if outcome else []
