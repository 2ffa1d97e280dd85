"""The words after `/incident`: `[NUMBER] VERB …`. What a verb needs is said where it lacks."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from handlers.grammar import GrammarError
from sickbay.diagnostics.targets import Target
from sickbay.incidents import lifecycle
from sickbay.incidents.lifecycle import Move
from sickbay.incidents.model import Incident, IncidentSeverity, IncidentState, Link, Role
from sickbay.settings.durations import parse_duration

USAGE = "open TITLE [sev1..sev4] [on TARGET SCOPE] | list | show | update TEXT | resolve | …"

#: Each verb with what it wants, as the help shows it.
VERBS: Mapping[str, str] = {
    "open": "open TITLE [sev1..sev4] [on TARGET SCOPE] [--channel]",
    "list": "list",
    "show": "show",
    "update": "update TEXT",
    "state": "state identified|monitoring|investigating",
    "sev": "sev 1..4",
    "role": "role commander|communications|scribe @person|me|nobody",
    "note": "note TEXT",
    "link": "link URL [TITLE]",
    "remind": "remind 30m|never",
    "resolve": "resolve",
    "reopen": "reopen",
    "timeline": "timeline",
    "postmortem": "postmortem",
    "stats": "stats",
    "help": "help",
}
_OTHER_WORDS = {
    "severity": "sev", "lead": "role commander", "identified": "state identified", "monitoring": "state monitoring",
    "investigating": "state investigating", "post-mortem": "postmortem", "close": "resolve",
}  # fmt: skip
#: What begins words about an incident where it is clear about which; `help` is there for all that the bot can do.
SPOKEN = (VERBS.keys() | _OTHER_WORDS.keys()) - {"help"}
_NUMBER = re.compile(r"(?:inc-)?(\d{1,9})", re.IGNORECASE)
_SEVERITY = re.compile(r"sev-?([1-4])", re.IGNORECASE)
#: Phones make one dash of two.
_FLAG = re.compile("(?:--|\u2014|\u2013)channel", re.IGNORECASE)
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
#: The longest time between two reminders, in minutes.
_LONGEST_REMINDER = 24 * 60


Make = Callable[[Incident, datetime], Move]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A verb, the number of the incident where one was named, and the rest of the words."""

    verb: str
    rest: str = ""
    number: int | None = None


class Titled(msgspec.Struct, frozen=True, kw_only=True):
    """What the words behind `open` say; `own_channel` is None where they do not."""

    title: str
    severity: IncidentSeverity | None = None
    target: str = ""
    scope: str = ""
    own_channel: bool | None = None


def parse_incident(text: str) -> Said:
    """Understand the words. Raises GrammarError."""
    words = text.split(maxsplit=1)
    number = _NUMBER.fullmatch(words[0]) if words else None
    if number:
        text = words[1] if len(words) > 1 else "show"
    verb, rest = [*text.split(maxsplit=1), "", ""][:2]
    verb, _, added = _OTHER_WORDS.get(verb.lower(), verb.lower()).partition(" ")
    if not verb:
        return Said(verb="help")
    if verb not in VERBS:
        raise GrammarError(f"I do not know `{verb[:30].replace('`', chr(39))}`.")
    return Said(verb=verb, rest=f"{added} {rest}".strip(), number=int(number[1]) if number else None)


def titled(rest: str, targets: Mapping[str, Target]) -> Titled:
    """Find severity and target in what names a new incident; `on` something that is no target is part of the title."""
    found = [match for word in rest.split() if (match := _SEVERITY.fullmatch(word))]
    words = [word for word in rest.split() if not (_SEVERITY.fullmatch(word) or _FLAG.fullmatch(word))]
    severity = IncidentSeverity(f"sev{found[-1][1]}") if found else None
    own_channel = True if any(map(_FLAG.fullmatch, rest.split())) else None
    for place in range(len(words) - 1, 0, -1):
        if words[place].lower() != "on":
            continue
        named = _on(words[place + 1 :], targets)
        if named:
            title, (target, scope) = " ".join(words[:place]), named
            return Titled(title=title, severity=severity, target=target, scope=scope, own_channel=own_channel)
    return Titled(title=" ".join(words), severity=severity, own_channel=own_channel)


def move_of(said: Said) -> Make:
    """Give the move that somebody speaks of. Raises GrammarError."""
    rest = said.rest
    match said.verb:
        case "update":
            return lambda incident, at: lifecycle.updated(incident, rest, at)
        case "sev":
            severity = severity_of(rest)
            return lambda incident, _at: lifecycle.to_severity(incident, severity)
        case "link":
            link = link_of(rest)
            return lambda incident, _at: lifecycle.linked(incident, link)
        case "reopen":
            return lifecycle.reopened
        case _:
            state = IncidentState.RESOLVED if said.verb == "resolve" else state_of(rest)
            return lambda incident, at: lifecycle.to_state(incident, state, at)


def severity_of(rest: str) -> IncidentSeverity:
    """Understand a severity: `sev2`, or `2`. Raises GrammarError."""
    found = _SEVERITY.fullmatch(rest.strip()) or re.fullmatch(r"([1-4])", rest.strip())
    if not found:
        raise GrammarError("A severity is sev1, sev2, sev3 or sev4.")
    return IncidentSeverity(f"sev{found[1]}")


def state_of(rest: str) -> IncidentState:
    """Understand a state. Raises GrammarError."""
    try:
        return IncidentState(rest.strip().lower())
    except ValueError as error:
        raise GrammarError("A state is investigating, identified, monitoring or resolved.") from error


def role_of(rest: str, asked_by: str) -> tuple[Role, str]:
    """Understand a role and who gets it: a person, `me` for who asks, or `nobody`. Raises GrammarError."""
    word, _, person = rest.strip().partition(" ")
    names = {role.value: role for role in Role} | {"lead": Role.COMMANDER, "comms": Role.COMMUNICATIONS}
    role = names.get(word.lower())
    if role is None:
        raise GrammarError("A role is commander, communications or scribe.")
    if person.strip().lower() in {"nobody", "none"}:
        return role, ""
    if person.strip().lower() == "me":
        return role, asked_by
    found = _PERSON.fullmatch(person.strip())
    if not found:
        raise GrammarError(f"Name one person: `role {role} @person`, `role {role} me`, or `role {role} nobody`.")
    return role, found[1]


def link_of(rest: str) -> Link:
    """Understand an address and its title. Raises GrammarError."""
    url, _, title = rest.strip().partition(" ")
    if not url.startswith(("https://", "http://")):
        raise GrammarError("A link begins with https:// or http://: `link URL TITLE`.")
    return Link(title.strip()[:80] or url[:80], url[:2000])


def minutes_of(rest: str) -> int:
    """Understand after how many minutes to remind, 0 for never; a number alone counts them. Raises GrammarError."""
    written = rest.strip().lower()
    if written in {"never", "off", "0"}:
        return 0
    try:
        minutes = int(parse_duration(f"{written}m" if written.isdecimal() else written).total_seconds() // 60)
    except ValueError as error:
        raise GrammarError("A reminder is `30m`, `1h` or `never`.") from error
    if not 1 <= minutes <= _LONGEST_REMINDER:
        raise GrammarError("A reminder comes after 1m to 24h, or `never`.")
    return minutes


def _on(words: list[str], targets: Mapping[str, Target]) -> tuple[str, str] | None:
    """Give target and scope of `TARGET`, `TARGET SCOPE` or `TARGET/SCOPE`."""
    if not words or len(words) > 2:
        return None
    if words[0] in targets:
        return words[0], "".join(words[1:])
    parts = words[0].split("/")
    for cut in range(len(parts) - 1, 0, -1):
        name = "/".join(parts[:cut])
        if name in targets and len(words) == 1:
            return name, "/".join(parts[cut:])
    return None
