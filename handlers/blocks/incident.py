"""The card of an incident: what it is, how it stands, who has it, and what can be done with it now.

A button's value is the incident's number, and behind it, where the action needs one, a word. All is drawn from the
state, so the buttons always fit it; who presses is authorised anew.
"""

from collections.abc import Iterator
from datetime import datetime

from handlers.blocks.message import Message, fallback
from handlers.blocks.text import (
    Block,
    button,
    clean,
    date_element,
    emoji,
    link,
    person,
    plain,
    rich,
    section,
    user,
    words,
)
from handlers.blocks.view import header, option
from sickbay.incidents.lifecycle import FOLLOWING
from sickbay.incidents.model import NO_ALERTS, AlertCounts, Incident, IncidentSeverity, IncidentState, Role

UPDATE, TO_STATE, RESOLVE, REOPEN = "incident_update", "incident_state", "incident_resolve", "incident_reopen"
TAKE, POSTMORTEM, MORE = "incident_take", "incident_postmortem", "incident_more"
#: The buttons of a reminder, by the minutes until the next one; 0 is never.
REMIND = {minutes: f"incident_remind_{minutes}" for minutes in (30, 60, 90, 0)}
#: What the menu of the card offers besides, by the word that comes back.
SEVERITY, ROLES, REMINDER, TIMELINE, ADD_LINK = "severity", "roles", "remind", "timeline", "link"

SEVERITIES = {
    IncidentSeverity.SEV1: ("red_circle", "#a30200"),
    IncidentSeverity.SEV2: ("large_orange_circle", "#e8740c"),
    IncidentSeverity.SEV3: ("large_yellow_circle", "#daa038"),
    IncidentSeverity.SEV4: ("white_circle", "#868686"),
}
STATES = {
    IncidentState.INVESTIGATING: ("mag", "Investigating"),
    IncidentState.IDENTIFIED: ("mag_right", "Identified"),
    IncidentState.MONITORING: ("eyes", "Monitoring"),
    IncidentState.RESOLVED: ("white_check_mark", "Resolved"),
}
ROLE_NAMES = {Role.COMMANDER: "Lead", Role.COMMUNICATIONS: "Comms", Role.SCRIBE: "Scribe"}
#: Of what is over, or seems so and is only watched.
_GREEN, _CALM = "#2eb886", frozenset({IncidentState.MONITORING, IncidentState.RESOLVED})
_MENU = {
    "Change severity": SEVERITY,
    "Assign roles": ROLES,
    "Remind to update": REMINDER,
    "Show the timeline": TIMELINE,
    "Add a link": ADD_LINK,
}


def name_of(incident: Incident) -> str:
    """Give what people call it, as plain text."""
    return f"{incident.severity.upper()} · INC-{incident.number} · {clean(incident.title, 120)}"


def incident_card(incident: Incident, updated_at: datetime | None = None, alerts: AlertCounts = NO_ALERTS) -> Message:
    """Render the card; `updated_at` is when the last update was told, `alerts` are those that belong to it."""
    icon, colour = SEVERITIES[incident.severity]
    state_icon, state = STATES[incident.state]
    head = f"{name_of(incident)}"
    return Message(
        key=f"incident:{incident.number}:card",
        text=fallback(f"{head}: {state}"),
        blocks=(header(f":{icon if incident.open else state_icon}: {head}"),),
        barred=(
            rich(section(emoji(state_icon), plain(f" {state}", bold=True), *_since(incident))),
            rich(*_people(incident), *_alerts(alerts)),
            *_summary(incident, updated_at),
            *_links(incident),
            {"type": "actions", "block_id": "incident", "elements": list(_buttons(incident))},
        ),
        colour=_GREEN if incident.state in _CALM else colour,
    )


def _since(incident: Incident) -> Iterator[Block]:
    if incident.resolved_at:
        yield plain("  resolved ")
        yield date_element(incident.resolved_at)
    yield plain("  opened ")
    yield date_element(incident.opened_at)
    yield plain(" by ")
    yield person(incident.opened_by)


def _summary(incident: Incident, updated_at: datetime | None) -> Iterator[Block]:
    if incident.summary:
        when = [date_element(updated_at), plain(": ", bold=True)] if updated_at else []
        yield rich(section(plain("As of " if when else "Now: ", bold=True), *when, plain(incident.summary, most=1500)))


def _people(incident: Incident) -> Iterator[Block]:
    line: list[Block] = []
    for role, name in ROLE_NAMES.items():
        holder = incident.holder(role)
        line += [plain(f"{name}: ", bold=True), user(holder) if holder else plain("nobody"), plain("   ")]
    yield section(*line)
    if incident.target:
        what = f"{incident.target} › {incident.scope}" if incident.scope else incident.target
        yield section(plain("Target: ", bold=True), plain(what, most=200))


def _alerts(alerts: AlertCounts) -> Iterator[Block]:
    if alerts.all:
        yield section(plain("Alerts: ", bold=True), plain(alerts_told(alerts)))


def alerts_told(alerts: AlertCounts) -> str:
    """Give how many of an incident's alerts fire."""
    if alerts.firing:
        return f"{alerts.firing} firing of {alerts.all}"
    return f"all {alerts.all} resolved" if alerts.all > 1 else "resolved"


def _links(incident: Incident) -> Iterator[Block]:
    if incident.links:
        line: list[Block] = []
        for item in incident.links:
            line += [link(item.title, item.url), plain("   ")]
        yield rich(section(*line))


def _buttons(incident: Incident) -> Iterator[Block]:
    value = str(incident.number)
    if not incident.open:
        yield button("Post-mortem", POSTMORTEM, value) | {"style": "primary"}
        yield button("Reopen", REOPEN, value)
        yield _menu({"Show the timeline": TIMELINE}, value)
        return
    if not incident.commander:
        yield button("Take the lead", TAKE, value) | {"style": "primary"}
    yield button("Update", UPDATE, value)
    if state := FOLLOWING.get(incident.state):
        yield button(STATES[state][1], TO_STATE, f"{value} {state}")
    yield button("Resolve", RESOLVE, value) | {"style": "danger", "confirm": _confirm(incident)}
    yield _menu(_MENU, value)


def _menu(choices: dict[str, str], value: str) -> Block:
    options = [option(text, f"{value} {word}") for text, word in choices.items()]
    return {"type": "overflow", "action_id": MORE, "options": options}


def _confirm(incident: Incident) -> Block:
    return {
        "title": words("Resolve the incident?"),
        "text": words(f"INC-{incident.number} will be told as over. It can be reopened.", 300),
        "confirm": words("Resolve"),
        "deny": words("Not yet"),
    }
