"""What only the asker sees of scheduled reports: what was understood, lists, one of them, help. All escaped mrkdwn."""

from collections.abc import Sequence
from datetime import datetime

from handlers.blocks.text import Block, button, code, date, escape
from handlers.report_grammar import DIGEST, VERBS
from sickbay.incidents.schedule import Run, Schedule
from sickbay.incidents.when import EXAMPLES

NOW, EDIT, PAUSE, RESUME, REMOVE = "report_now", "report_edit", "report_pause", "report_resume", "report_remove"
#: Characters of a list, since Slack splits what is longer, and targets that a line names.
_CHARACTERS, _NAMED = 3_500, 8
#: How many of the next times are told.
_NEXT = 3


def not_understood(problem: str) -> str:
    """Say what was not understood, and where all of it stands."""
    return f"{escape(problem, 900)} `/report help` tells all that there is to type."


def report_usage() -> str:
    """Give what to type."""
    lines = "\n".join(f"• {code('/report ' + words)}" for words in VERBS.values() if words != "help")
    return (
        f"*What to type:*\n{lines}\n"
        f"WHEN is {EXAMPLES}; ZONE is a place, such as `Europe/London`, and else your own time zone in Slack. A "
        f"`quiet` report comes only when something has changed; `{DIGEST}` in place of targets is the digest of "
        "incidents. `/report` alone opens a form, and `@sickbay report …` does the same in a thread."
    )


def added(schedule: Schedule, now: datetime, note: str = "") -> str:
    """Say what was understood, with the next times; `note` is what one may not expect of it."""
    return f"{_sentence(schedule)}.\n{_next_times(schedule, now)}{f' {escape(note)}' if note else ''}"


def _next_times(schedule: Schedule, now: datetime) -> str:
    """Tell the next times as clocks show them there, and a day on which they do not show one."""
    if schedule.next_at is None:
        return f"It is paused: `/report resume {schedule.number}` has it come again."
    recurrence = schedule.recurrence
    times = recurrence.times(now, _NEXT)
    told = f"Next: {', '.join(_clock(time, now) for time in times)}."
    late = recurrence.put_off(now)
    return f"{told} On {_day(late, now)} the clocks skip that time: it comes at {late:%H:%M}." if late else told


def report_list(schedules: Sequence[Schedule]) -> str:
    """List reports, by their numbers."""
    if not schedules:
        return "There is none yet. `/report add TARGET every weekday at 09:00` adds one; `/report` alone opens a form."
    lines: list[str] = []
    for item in schedules:
        line = f"• {_sentence(item)} · {_coming(item)}"
        if sum(map(len, lines)) + len(line) > _CHARACTERS:
            lines.append(f"and {len(schedules) - len(lines)} more: `/report show N`")
            break
        lines.append(line)
    return "*Reports*\n" + "\n".join(lines)


def report_shown(schedule: Schedule, runs: Sequence[Run], now: datetime) -> str:
    """Tell one report: when it comes, when it came last, and who wanted it."""
    return (
        f"{_sentence(schedule)}.\n{_next_times(schedule, now)}\n{_last(runs)}\n"
        f"Added by <@{schedule.created_by}> {date(schedule.created_at)}."
    )


def on_its_way(schedule: Schedule, *, already: bool) -> str:
    """Say where a report that is made now will be."""
    state = "being made already" if already else "on its way"
    return f"*Report {schedule.number}* is {state}: look in {_where(schedule)}."


def paused(schedule: Schedule) -> str:
    """Say that it comes no more for now."""
    return f"*Report {schedule.number}* is paused: `/report resume {schedule.number}` has it come again."


def removed(schedule: Schedule) -> str:
    """Say that it is gone, and how to have it back."""
    return f"*Report {schedule.number}* is removed. It was {_what(schedule)} {_when(schedule)} in {_where(schedule)}."


def said(text: str, schedule: Schedule | None) -> Block:
    """Give a message of that text, with what can be done with a report below it."""
    if schedule is None:
        return {"text": text}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}
    return {"text": text, "blocks": [section, _buttons(schedule)]}


def _buttons(schedule: Schedule) -> Block:
    """Give what can be done with a report."""
    number = str(schedule.number)
    pausing = button("Pause", PAUSE, number) if schedule.next_at else button("Resume", RESUME, number)
    confirm = {
        "title": {"type": "plain_text", "text": f"Remove report {number}?"},
        "text": {"type": "plain_text", "text": "It comes no more, and its history is forgotten."},
        "confirm": {"type": "plain_text", "text": "Remove"},
        "deny": {"type": "plain_text", "text": "Keep it"},
    }
    removing = button("Remove", REMOVE, number) | {"style": "danger", "confirm": confirm}
    return {
        "type": "actions",
        "elements": [button("Report now", NOW, number), button("Edit…", EDIT, number), pausing, removing],
    }


def _sentence(schedule: Schedule) -> str:
    quiet = ", only when something has changed" if schedule.quiet else ""
    return f"*Report {schedule.number}*: {_what(schedule)} {_when(schedule)} in {_where(schedule)}{quiet}"


def _what(schedule: Schedule) -> str:
    if not schedule.targets:
        return "the digest of incidents"
    more = f" and {len(schedule.targets) - _NAMED} more" if len(schedule.targets) > _NAMED else ""
    return ", ".join(code(name) for name in schedule.targets[:_NAMED]) + more


def _when(schedule: Schedule) -> str:
    """Give its words; a cron line is code, since its stars would be taken for bold."""
    cron = schedule.words.removeprefix("cron ")
    words = f"by cron {code(cron)}" if cron != schedule.words else escape(schedule.words)
    return f"{words} ({escape(schedule.recurrence.time_zone)})"


def _where(schedule: Schedule) -> str:
    return "direct messages" if schedule.channel.startswith("D") else f"<#{escape(schedule.channel)}>"


def _coming(schedule: Schedule) -> str:
    return f"next {date(schedule.next_at)}" if schedule.next_at else "paused"


def _last(runs: Sequence[Run]) -> str:
    if not runs:
        return "It has not come yet."
    if runs[0].shown_at is None:
        return "One is being made now."
    return f"Last: {date(runs[0].due_at)}{', late' if runs[0].late else ''}."


def _clock(time: datetime, now: datetime) -> str:
    return f"{_day(time, now)} {time:%H:%M}"


def _day(time: datetime, now: datetime) -> str:
    return f"{time:%a} {time.day} {time:%b}{'' if time.year == now.astimezone(time.tzinfo).year else f' {time.year}'}"
