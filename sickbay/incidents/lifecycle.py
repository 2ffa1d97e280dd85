"""What may become of an incident, and what its timeline then says: pure functions, so that two bots decide alike.

A move that changes nothing, or that cannot be, raises IncidentError with a sentence for the person who made it.
"""

import re
from datetime import datetime, timedelta

import msgspec

from sickbay.diagnostics.redaction import redact
from sickbay.incidents.model import EntryKind, Incident, IncidentSeverity, IncidentState, Link, Role

#: Characters of a title, and of an update.
TITLE, TEXT = 150, 2_000
#: Links of one incident.
_LINKS = 20
#: To which state work goes on from one, as the card offers it.
FOLLOWING = {
    IncidentState.INVESTIGATING: IncidentState.IDENTIFIED,
    IncidentState.IDENTIFIED: IncidentState.MONITORING,
}
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")


class IncidentError(Exception):
    """Raised for a move that cannot be made; the message says why, for the one who made it."""


class Move(msgspec.Struct, frozen=True):
    """What becomes of an incident, and the entry that tells of it."""

    incident: Incident
    kind: EntryKind
    text: str


def to_state(incident: Incident, state: IncidentState, at: datetime) -> Move:
    """Move on, or back; a resolved one is reopened by `reopened` alone."""
    if incident.state is state:
        raise IncidentError(f"Incident {incident.number} is {state} already.")
    if not incident.open:
        raise IncidentError(f"Incident {incident.number} is resolved. Reopen it first.")
    changed = msgspec.structs.replace(incident, state=state)
    if state in {IncidentState.MONITORING, IncidentState.RESOLVED} and not incident.mitigated_at:
        changed = msgspec.structs.replace(changed, mitigated_at=at)
    if state is IncidentState.RESOLVED:
        changed = msgspec.structs.replace(changed, resolved_at=at, remind_at=None)
    return Move(changed, EntryKind.STATE, f"{incident.state} → {state}")


def advanced(incident: Incident, state: IncidentState, at: datetime) -> Move:
    """Move on to the next state. A button from before it changed moves nothing back, and skips nothing."""
    if incident.open and state not in {incident.state, FOLLOWING.get(incident.state)}:
        raise IncidentError(
            f"Incident {incident.number} is {incident.state} by now: that button was of an earlier moment, and nothing "
            f"was changed. `/incident {incident.number} state {state}` does it all the same."
        )
    return to_state(incident, state, at)


def reopened(incident: Incident, at: datetime) -> Move:
    """Work on it again: it was not over."""
    if incident.open:
        raise IncidentError(f"Incident {incident.number} is open already.")
    changed = msgspec.structs.replace(
        incident,
        state=IncidentState.INVESTIGATING,
        resolved_at=None,
        mitigated_at=None,
        remind_at=_next(incident.remind_every, at),
    )
    return Move(changed, EntryKind.STATE, "reopened")


def to_severity(incident: Incident, severity: IncidentSeverity) -> Move:
    """Judge it anew."""
    if incident.severity is severity:
        raise IncidentError(f"Incident {incident.number} is {severity} already.")
    changed = msgspec.structs.replace(incident, severity=severity)
    return Move(changed, EntryKind.SEVERITY, f"{incident.severity} → {severity}")


def assigned(incident: Incident, role: Role, user: str) -> Move:
    """Give a role to somebody, or to nobody where `user` is empty."""
    before = incident.holder(role)
    if before == user:
        raise IncidentError(f"<@{user}> is {role} already." if user else f"Nobody is {role}.")
    changed = msgspec.structs.replace(incident, **{role.value: user})
    if not user:
        return Move(changed, EntryKind.ROLE, f"<@{before}> is no longer {role}")
    over = f", handed over by <@{before}>" if before else ""
    return Move(changed, EntryKind.ROLE, f"<@{user}> is {role}{over}")


def led(incident: Incident, user: str) -> Move:
    """Give the lead to who takes it of their own accord, which takes it from nobody."""
    if incident.commander not in {"", user}:
        raise IncidentError(
            f"<@{incident.commander}> has the lead already. `/incident role commander @person` hands it over."
        )
    return assigned(incident, Role.COMMANDER, user)


def updated(incident: Incident, text: str, at: datetime) -> Move:
    """Tell how it stands; the next reminder is counted from here."""
    told = redact(text.strip())
    if not told:
        raise IncidentError("An update says how it stands: `/incident update TEXT`.")
    if len(told) > TEXT:
        raise IncidentError(f"An update has at most {TEXT} characters; this one has {len(told)}.")
    remind_at = _next(incident.remind_every, at) if incident.open else None
    changed = msgspec.structs.replace(incident, summary=told, remind_at=remind_at)
    return Move(changed, EntryKind.UPDATE, told)


def linked(incident: Incident, link: Link) -> Move:
    """Put a link beside it."""
    if link in incident.links:
        raise IncidentError("That link stands there already.")
    if len(incident.links) >= _LINKS:
        raise IncidentError(f"An incident has at most {_LINKS} links.")
    if not link.url.startswith(("https://", "http://")):
        raise IncidentError("A link begins with https:// or http://.")
    return Move(
        msgspec.structs.replace(incident, links=(*incident.links, link)), EntryKind.LINK, f"{link.title}: {link.url}"
    )


def reminded(incident: Incident, minutes: int, at: datetime) -> Incident:
    """Set after how many minutes without an update to remind, 0 for never; that is no news for the timeline."""
    if not incident.open:
        raise IncidentError(f"Incident {incident.number} is resolved, so there is nothing to remind of.")
    return msgspec.structs.replace(incident, remind_every=minutes, remind_at=_next(minutes, at))


def acknowledged(incident: Incident, by: str, at: datetime) -> Incident:
    """Note the first thing that a person did with it; opening it by hand is one."""
    if incident.acknowledged_at or not is_person(by):
        return incident
    return msgspec.structs.replace(incident, acknowledged_at=at)


def is_person(name: str) -> bool:
    """Say whether a name is a person's id in Slack, and not that of something which asks by itself, as alerts do."""
    return bool(_PERSON.fullmatch(name))


def _next(minutes: int, at: datetime) -> datetime | None:
    return at + timedelta(minutes=minutes) if minutes else None
