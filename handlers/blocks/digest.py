"""The digest of incidents: a week in one message."""

from collections.abc import Iterator

from handlers.blocks.incidents_told import span
from handlers.blocks.message import Message, fallback
from handlers.blocks.report import details
from handlers.blocks.text import Block, bullets, context, counted, emoji, plain, rich, section
from sickbay.incidents.digests import Digest
from sickbay.incidents.schedule import Run, Schedule


def digest_message(run: Run, schedule: Schedule, digest: Digest) -> Message:
    """Render the message of the channel."""
    headline = _headline(digest)
    icon = "rotating_light" if digest.stats.open else "white_check_mark"
    return Message(
        key=f"report:{run.name}",
        text=fallback(headline),
        blocks=(
            rich(section(emoji(icon), plain(f" {headline}", bold=True)), *_lines(digest)),
            context(details(run, schedule)),
        ),
    )


def digest_refused(run: Run, schedule: Schedule, refusal: str) -> Message:
    """Render what stands in its place where the policy lets it not be told."""
    said = f"No digest of incidents: {refusal}."
    return Message(
        key=f"report:{run.name}",
        text=fallback(said),
        blocks=(rich(section(emoji("no_entry"), plain(f" {said}"))), context(details(run, schedule))),
    )


def _headline(digest: Digest) -> str:
    stats = digest.stats
    counts = f"{stats.count or 'none'} ({digest.before or 'none'} in those before)"
    return f"Incidents of the last {stats.days} days: {counts}, {stats.open or 'none'} open now"


def _lines(digest: Digest) -> Iterator[Block]:
    """Yield how bad they were, how fast people were, and what they had in common."""
    stats = digest.stats
    if not stats.count:
        return
    severities = ", ".join(f"{count} {severity}" for severity, count in stats.by_severity.items())
    times = f"acknowledged after {span(stats.to_acknowledge)}, resolved after {span(stats.to_resolve)}"
    lines = [[plain("Severity: ", bold=True), plain(severities)], [plain("Median: ", bold=True), plain(times)]]
    for number, frequent in enumerate(digest.top):
        start = [plain("Most found: ", bold=True)] if number == 0 else []
        lines.append(
            [
                *start,
                plain(frequent.code, mono=True, most=20),
                plain(f" {frequent.title}, in {counted({'incidents': frequent.incidents})}", most=200),
            ]
        )
    yield bullets(lines)
