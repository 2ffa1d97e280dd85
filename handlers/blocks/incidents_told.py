"""What only the asker sees of incidents: lists, one in a few lines, its timeline, figures, help. All escaped mrkdwn."""

import re
from collections.abc import Sequence
from datetime import timedelta

from handlers.blocks.incident import SEVERITIES, STATES
from handlers.blocks.text import code, date, escape
from handlers.incident_grammar import VERBS
from sickbay.incidents.lifecycle import is_person
from sickbay.incidents.model import EntryKind, Incident, TimelineEntry
from sickbay.incidents.stats import Stats

#: Incidents of a list, and characters of a timeline: Slack splits what is longer.
_LISTED, _CHARACTERS = 20, 3_500
_PERSON = re.compile(r"&lt;@([UW][A-Z0-9]+)&gt;")


def not_understood(problem: str) -> str:
    """Say what was not understood, and where all of it stands: the help itself would bury the reason."""
    return f"{escape(problem)} `/incident help` tells all that there is to type."


def incident_usage() -> str:
    """Give what to type."""
    lines = "\n".join(f"• {code('/incident ' + words)}" for words in VERBS.values() if words != "help")
    return (
        f"*What to type:*\n{lines}\n"
        "Which incident is meant follows from its thread or channel, or say its number: `/incident 42 update …`. "
        "In a thread: `@sickbay update …`. `/incident` alone opens a form."
    )


def incident_list(incidents: Sequence[Incident]) -> str:
    """List incidents, the newest first."""
    if not incidents:
        return "No incident is open. `/incident open TITLE` opens one."
    rest = f"\nand {len(incidents) - _LISTED} more" if len(incidents) > _LISTED else ""
    return "*Open incidents*\n" + "\n".join(f"• {_line(item)}" for item in incidents[:_LISTED]) + rest


def which(incidents: Sequence[Incident]) -> str:
    """Ask which incident is meant."""
    if not incidents:
        return "There is no open incident in this channel. Say its number: `/incident 42 …`."
    return "Which one? Say its number, as in `/incident 42 …`:\n" + "\n".join(f"• {_line(item)}" for item in incidents)


def incident_shown(incident: Incident, entries: Sequence[TimelineEntry]) -> str:
    """Tell one incident in a few lines."""
    people = [f"{role} <@{user}>" for role, user in _roles(incident)]
    last = f"\nNow: {escape(incident.summary, 500)}" if incident.summary else ""
    return (
        f"{_line(incident)}\n{', '.join(people) or 'Nobody has a role.'}{last}\n{len(entries)} entries in its timeline."
    )


def timeline_told(incident: Incident, entries: Sequence[TimelineEntry]) -> str:
    """Tell the newest entries that fit, the oldest of them first, with times in the reader's own zone."""
    lines: list[str] = []
    size = 0
    for entry in reversed(entries):
        line = f"{date(entry.at)} *{escape(entry.kind)}* {_author(entry.author)}: {_text(entry)}"
        size += len(line)
        if size > _CHARACTERS:
            lines.append(f"… {len(entries) - len(lines)} earlier; the post-mortem has all")
            break
        lines.append(line)
    return f"*Timeline of INC-{incident.number}*\n" + "\n".join(reversed(lines))


def stats_told(stats: Stats) -> str:
    """Tell the figures of the last days."""
    counts = ", ".join(f"{count} {severity}" for severity, count in stats.by_severity.items()) or "none"
    return (
        f"*Incidents of the last {stats.days} days*: {stats.count} ({counts}); {stats.open} open now.\n"
        f"Median time to acknowledge {span(stats.to_acknowledge)}, to mitigate {span(stats.to_mitigate)}, "
        f"to resolve {span(stats.to_resolve)}."
    )


def _line(incident: Incident) -> str:
    icon = SEVERITIES[incident.severity][0] if incident.open else "white_check_mark"
    where = f" in <#{escape(incident.channel)}>"
    return (
        f":{icon}: *INC-{incident.number}* {escape(incident.title, 150)} · {incident.severity} · "
        f"{STATES[incident.state][1]}{where}, opened {date(incident.opened_at)}"
    )


def _roles(incident: Incident) -> list[tuple[str, str]]:
    names = ("commander", "communications", "scribe")
    return [(name, getattr(incident, name)) for name in names if getattr(incident, name)]


def _author(author: str) -> str:
    return f"<@{author}>" if is_person(author) else escape(author, 60)


def _text(entry: TimelineEntry) -> str:
    """Give an entry's words; the people that a change of roles names are shown as people."""
    told = escape(entry.text, 400)
    return _PERSON.sub(r"<@\1>", told) if entry.kind is EntryKind.ROLE else told


def span(taken: timedelta | None) -> str:
    """Give how long something took, as people say it."""
    if taken is None:
        return "unknown"
    minutes = taken.total_seconds() / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
