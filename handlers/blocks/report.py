"""A report that comes by itself: one message with how the targets are, and in its thread only what changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from handlers.blocks.comparison import in_lines
from handlers.blocks.findings import SEVERITY, explained, findings
from handlers.blocks.message import Message, fallback
from handlers.blocks.offers import Offers
from handlers.blocks.text import Block, bullets, clean, context, counted, emoji, escape, plain, rich, section
from sickbay.diagnostics.events import Coverage
from sickbay.diagnostics.model import Report, Severity
from sickbay.diagnostics.what_changed import together
from sickbay.incidents.schedule import Run, Schedule
from sickbay.incidents.summaries import (
    MEASURES,
    Change,
    FoundOnce,
    PastRun,
    RunSummary,
    TargetState,
    TargetSummary,
    measured,
)

#: Targets with a row of the table, with a line for why they do not answer, and whose new findings are told in full.
ROWS, SILENT, IN_FULL = 50, 10, 6
#: Findings with a line of their own: that appeared, or that went away.
LINES = 12
#: Targets that the headline names.
_NAMED = 3
#: Characters of a cell of the table.
_CELL = 60


class Picture(msgspec.Struct, frozen=True):
    """A picture that Slack has, by its file's id, and what it shows in words."""

    file: str
    described: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """All that a report says: its `changes` are those of the summary's targets, `since` None where it is the first."""

    run: Run
    schedule: Schedule
    summary: RunSummary
    changes: tuple[Change, ...]
    since: datetime | None
    picture: Picture | None = None


class Diagnosed(msgspec.Struct, frozen=True, kw_only=True):
    """The diagnosis of a target: its job, what the channel may see of it, and what is offered with its findings."""

    job: str
    report: Report
    offers: Offers


def report_message(told: Told) -> Message:
    """Render the message of the channel."""
    icon, headline = _headline(told)
    return Message(
        key=f"report:{told.run.name}",
        text=fallback(f"{headline}{_silent_in_words(told.summary)}"),
        blocks=(
            rich(section(emoji(icon), plain(f" {headline}", bold=True)), *_silent(told.summary)),
            _table(told),
            *_picture(told.picture),
            context(details(told.run, told.schedule)),
        ),
    )


def report_details(told: Told, diagnosed: Mapping[str, Diagnosed]) -> Iterator[Message]:
    """Render what changed, a target after the other, for the thread; `diagnosed` is what more is known of them."""
    in_full = 0
    for number, (target, change) in enumerate(zip(told.summary.targets, told.changes, strict=True)):
        known = diagnosed.get(change.target) if in_full < IN_FULL else None
        pages = findings(known.job, _only(known.report, change, told.since), known.offers) if known else ()
        if change.new or change.gone or change.turned or pages:
            yield _changed(f"report:{told.run.name}:{number}", target, change, listed=not pages)
        in_full += bool(pages)
        yield from pages


def details(run: Run, schedule: Schedule) -> str:
    """Give the small line below: which report it is, when the next comes, and whether this one is late."""
    following = (
        f"next {_moment(schedule, schedule.next_at)} ({schedule.recurrence.time_zone})"
        if schedule.next_at
        else "paused"
    )
    parts = [f"Report {schedule.number}", clean(schedule.words, 200), following]
    if run.late:
        parts.insert(0, f"Late: it was due {_moment(schedule, run.due_at)}, when Sickbay was not there")
    return " · ".join(parts)


def no_way_in(run: Run, schedule: Schedule, reason: str) -> str:
    """Give the notice for who wants a report where Slack keeps the bot from writing."""
    start = (
        f"I may not write in <#{escape(run.channel)}>, so report {schedule.number} ({escape(schedule.words)}) is not"
    )
    if reason in {"not_in_channel", "channel_not_found"}:
        return f"{start} shown there. Type `/invite @sickbay` there, and the next one is."
    return f"{start} shown there ({escape(reason)}). `/report edit {schedule.number}` has it shown elsewhere."


def zone_of(schedule: Schedule) -> tzinfo:
    """Give the time zone in which a schedule is read; UTC where nobody knows it any more."""
    try:
        return ZoneInfo(schedule.recurrence.time_zone)
    except ZoneInfoNotFoundError:
        return UTC


def _moment(schedule: Schedule, at: datetime) -> str:
    local = at.astimezone(zone_of(schedule))
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _headline(told: Told) -> tuple[str, str]:
    """Give the sentence that says it all, and its icon."""
    summary = told.summary
    silent = sum(bool(target.failure) for target in summary.targets)
    if silent == len(summary.targets):
        return "warning", f"No answer from {_names(summary)}"
    if summary.count:
        worst = min((one.worst for one in summary.targets if one.worst), key=list(Severity).index)
        icon, state = SEVERITY[worst][0], counted({"findings": summary.count})
    elif any(target.state is TargetState.UNSURE for target in summary.targets):
        icon, state = "grey_question", "nothing wrong in what could be read"
    elif any(target.muted for target in summary.targets):
        icon, state = "no_bell", "nothing wrong but what is muted here"
    else:
        icon, state = "white_check_mark", "healthy"
    if silent:
        icon = icon if summary.count else "warning"
    ending = f"; {silent} of {len(summary.targets)} gave no answer" if silent else ""
    return icon, f"{_names(summary)}: {state}{_difference(told)}{ending}"


def _names(summary: RunSummary) -> str:
    names = [target.target for target in summary.targets]
    return ", ".join(names) if len(names) <= _NAMED else f"{len(names)} targets"


def _difference(told: Told) -> str:
    """Give how many findings appeared and went away."""
    if told.since is None:
        return ""
    parts = {"new": sum(len(one.new) for one in told.changes), "gone": sum(len(one.gone) for one in told.changes)}
    said = [f"{count} {what}" for what, count in parts.items() if count]
    return f", {', '.join(said) or 'nothing new'} since {_moment(told.schedule, told.since)}"


def _silent(summary: RunSummary) -> Iterator[Block]:
    """Yield who did not answer, and why."""
    silent = [target for target in summary.targets if target.failure]
    lines = [
        [plain(target.target, bold=True, most=200), plain(f" gave no answer: {target.failure}", most=400)]
        for target in silent[:SILENT]
    ]
    if rest := len(silent) - len(lines):
        lines.append([plain(f"and {rest} more")])
    if lines:
        yield bullets(lines)


def _silent_in_words(summary: RunSummary) -> str:
    return "".join(f". {one.target}: {one.failure}" for one in summary.targets if one.failure)


def _table(told: Told) -> Block:
    """Give the table, the worst target on top."""
    shown = measured([PastRun(at=told.run.due_at, summary=told.summary)])
    both = sorted(zip(told.summary.targets, told.changes, strict=True), key=lambda pair: _rank(pair[0]))
    rows = [
        ["Target", "State", *(["New", "Gone"] if told.since else []), *(MEASURES[name].title for name in shown)],
        *(
            [
                target.target,
                _state(target),
                *([_amount(len(change.new)), _amount(len(change.gone))] if told.since else []),
                *(MEASURES[name].told(target.figures[name]) if name in target.figures else "—" for name in shown),
            ]
            for target, change in both[:ROWS]
        ),
    ]
    if rest := len(both[ROWS:]):
        rows.append([f"and {rest} more", *("" for _ in rows[0][1:])])
    settings = [
        {"align": "right" if column > 1 else "left", "is_wrapped": column == 1} for column in range(len(rows[0]))
    ]
    cells = [[{"type": "raw_text", "text": clean(text, _CELL) or "—"} for text in row] for row in rows]
    return {"type": "table", "rows": cells, "column_settings": settings}


def _rank(target: TargetSummary) -> int:
    """Give where a target stands in the table: who does not answer, then by the worst finding."""
    if target.failure:
        return -1
    return list(Severity).index(target.worst) if target.worst else len(Severity) + (target.state is TargetState.HEALTHY)


def _state(target: TargetSummary) -> str:
    if target.failure:
        return "No answer"
    parts = [f"{count} {severity}" for severity, count in RunSummary(targets=(target,)).severities.items()]
    if target.gaps:
        parts.append(f"{counted({'things': target.gaps})} not read")
    if target.muted:
        parts.append(f"{target.muted} muted")
    return ", ".join(parts) or ("Nothing to look at" if target.blind else "Healthy")


def _amount(count: int) -> str:
    return str(count) if count else "—"


def _picture(picture: Picture | None) -> Iterator[Block]:
    if picture:
        yield {"type": "image", "slack_file": {"id": picture.file}, "alt_text": clean(picture.described, 2000)}


def _changed(key: str, target: TargetSummary, change: Change, *, listed: bool) -> Message:
    """Tell what appeared at a target, unless it is told in full below, and what went away."""
    parts = [f"{change.was} → {change.now}"] if change.turned else [] if change.was else [str(change.now)]
    counts = {"new": change.new, "gone": change.gone} if change.was else {}
    parts += [f"{len(found)} {what}" for what, found in counts.items() if found]
    head = f"{change.target}: {', '.join(parts)}"
    blocks = [rich(section(plain(head, bold=True)), *(_lines(change.new) if listed else ()))]
    if change.gone:
        blocks.append(rich(section(emoji("white_check_mark"), plain(" Went away", bold=True)), *_lines(change.gone)))
        if target.gaps:
            unread = counted({"things": target.gaps})
            blocks.append(context(f"{unread} could not be read: what is told as gone may only have been unseen."))
    return Message(key=key, text=fallback(head), blocks=tuple(blocks))


def _lines(found: Sequence[FoundOnce]) -> Iterator[Block]:
    """Give a list with a line each, further ones as a count."""
    if found:
        yield in_lines(found, most=LINES, summary=300)


def _only(report: Report, change: Change, since: datetime | None) -> Report:
    """Give the report with what appeared alone, what that explains, and what changed since the report before.

    The first one is told whole.
    """
    if change.was is None or since is None:
        return report
    by_id = {finding.id: finding for finding in report.findings}
    new = [by_id[one.id] for one in change.new if one.id in by_id]
    kept = {finding.id for finding in new} | {below.id for one in new for _, below in explained(one, by_id)}
    shown = tuple(finding for finding in report.findings if finding.id in kept)
    suspected = [finding.suspect.change for finding in shown if finding.suspect]
    changes = tuple(
        one for one in report.changes if one.at >= since or any(together(one, other) for other in suspected)
    )
    return msgspec.structs.replace(
        report,
        findings=shown,
        gaps=report.gaps if change.turned else (),
        changes=changes,
        coverage=_lately(report.coverage, since),
    )


def _lately(coverage: Coverage | None, since: datetime) -> Coverage | None:
    """Give who watched since a moment."""
    if coverage is None or coverage.since >= since:
        return coverage
    holes = tuple(
        msgspec.structs.replace(hole, since=max(hole.since, since)) for hole in coverage.holes if hole.until > since
    )
    return msgspec.structs.replace(coverage, since=since, holes=holes)
