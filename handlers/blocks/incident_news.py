"""What is told of an incident besides its card: news in its thread and to stakeholders, reminders, where it went.

What people wrote and what things are called stands in rich text; who a change of roles names is shown as a person.
"""

import re
from collections.abc import Iterator

from handlers.blocks.incident import REMIND, SEVERITIES, STATES, UPDATE, name_of
from handlers.blocks.message import Message, fallback
from handlers.blocks.text import Block, button, clean, emoji, escape, person, plain, rich, section, to_channel, user
from sickbay.incidents.lifecycle import TEXT
from sickbay.incidents.model import EntryKind, Incident, IncidentSeverity, IncidentState, TimelineEntry

#: The changes of which everybody in the channel is told, and the stakeholders.
STATUS = frozenset({EntryKind.STATE, EntryKind.SEVERITY})
#: What the thread tells of.
TOLD = STATUS | {EntryKind.UPDATE, EntryKind.ROLE}
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)>")
_ARROW = " → "
#: Characters of a channel's topic, and of the title in it.
_TOPIC, _TITLE = 250, 100


def news(incident: Incident, entry: TimelineEntry) -> Message:
    """Tell of an entry in the thread; a change of status is shown in the channel too."""
    return Message(
        key=f"incident:{incident.number}:{entry.key}",
        text=fallback(f"INC-{incident.number} {clean(incident.title, 120)}: {_PERSON.sub('somebody', entry.text)}"),
        blocks=(rich(section(*_news(incident, entry))),),
        broadcast=entry.kind in STATUS,
    )


def for_stakeholders(incident: Incident, entry: TimelineEntry) -> Message:
    """Tell of a change of status, or of the opening, to those who follow from afar."""
    what = "opened" if entry.kind is EntryKind.OPENED else entry.text
    name = name_of(incident)
    line = section(
        emoji(_icon(incident, entry)), plain(f" {name}: ", bold=True), plain(what), plain("  "),
        to_channel(incident.channel),
    )  # fmt: skip
    key = f"incident:{incident.number}:stakeholders:{entry.key}"
    return Message(key=key, text=fallback(f"{name}: {what}"), blocks=(rich(line),))


def reminder(incident: Incident) -> Message:
    """Ask for an update, or when to ask again."""
    due = int(incident.remind_at.timestamp()) if incident.remind_at else 0
    asked = f"INC-{incident.number} has had no update for {incident.remind_every} min. How does it stand?"
    leads = [user(incident.commander), plain(" ")] if incident.commander else []
    value = str(incident.number)
    buttons = [button("Update", UPDATE, value) | {"style": "primary"}]
    for minutes, action_id in REMIND.items():
        buttons.append(button(f"Again in {minutes} min" if minutes else "Never", action_id, f"{value} {minutes}"))
    return Message(
        key=f"incident:{incident.number}:remind:{due}",
        text=fallback(asked),
        blocks=(
            rich(section(emoji("alarm_clock"), plain(" "), *leads, plain(asked))),
            {"type": "actions", "block_id": "remind", "elements": buttons},
        ),
    )


def moved_to(incident: Incident, channel: str) -> Message:
    """Say where the incident was opened which channel it has, and how it stands."""
    name, (state_icon, state) = name_of(incident), STATES[incident.state]
    icon = SEVERITIES[incident.severity][0] if incident.open else state_icon
    own = (plain(" has a channel of its own: "), to_channel(channel), plain(f". {state}."))
    line = section(emoji(icon), plain(f" {name}", bold=True), *own)
    text = fallback(f"{name} has a channel of its own. {state}.")
    return Message(key=f"incident:{incident.number}:moved", text=text, blocks=(rich(line),))


def no_channel(incident: Incident, why: str) -> Message:
    """Say in the thread why the incident has no channel of its own."""
    said = f"A channel of its own could not be created ({why}). This thread is where it is worked on."
    blocks = (rich(section(emoji("warning"), plain(f" {said}"))),)
    return Message(key=f"incident:{incident.number}:no-channel", text=fallback(said), blocks=blocks)


def no_way_in(incident: Incident, reason: str) -> str:
    """Give the notice for the one who opened an incident where Slack keeps the bot from writing."""
    where = f"I may not write in <#{escape(incident.channel)}>, so INC-{incident.number} is not shown there"
    if reason in {"not_in_channel", "channel_not_found"}:
        return f"{where} yet. Type `/invite @sickbay` there, and a minute later it is."
    return f"{where} ({escape(reason)}). Resolve it with `/incident {incident.number} resolve` and open it elsewhere."


def said_once(key: str, mrkdwn: str) -> Message:
    """Say a notice, escaped as those are."""
    told = mrkdwn[:3000]
    return Message(key=key, text=told, blocks=({"type": "section", "text": {"type": "mrkdwn", "text": told}},))


def topic(incident: Incident) -> str:
    """Give the topic of the incident's own channel."""
    lead = f" | lead <@{incident.commander}>" if incident.commander else ""
    state = STATES[incident.state][1]
    return f"{incident.severity.upper()} | {state} | {escape(incident.title, _TITLE)}{lead}"[:_TOPIC]


def _news(incident: Incident, entry: TimelineEntry) -> Iterator[Block]:
    yield emoji(_icon(incident, entry))
    if entry.kind is EntryKind.UPDATE:
        yield plain(" Update", bold=True)
        yield plain(" by ")
        yield person(entry.author)
        yield plain(": ")
        yield plain(entry.text, most=TEXT)
        return
    # What the channel is shown too has to say of which incident it is.
    yield plain(f" INC-{incident.number} {clean(incident.title, 120)}: " if entry.kind in STATUS else " ", bold=True)
    yield from _with_people(entry.text)
    if entry.author not in _PERSON.findall(entry.text):
        yield plain(", by ")
        yield person(entry.author)


def _with_people(text: str) -> Iterator[Block]:
    for place, part in enumerate(_PERSON.split(text)):
        if part:
            yield user(part) if place % 2 else plain(part)


def _icon(incident: Incident, entry: TimelineEntry) -> str:
    """Give the sign of what an entry leads to."""
    reached = entry.text.rpartition(_ARROW)[2]
    if entry.kind is EntryKind.SEVERITY and reached in set(IncidentSeverity):
        return SEVERITIES[IncidentSeverity(reached)][0]
    if entry.kind is EntryKind.STATE:
        return STATES[IncidentState(reached) if reached in set(IncidentState) else IncidentState.INVESTIGATING][0]
    icons = {EntryKind.UPDATE: "mega", EntryKind.ROLE: "bust_in_silhouette"}
    return icons.get(entry.kind, SEVERITIES[incident.severity][0])
