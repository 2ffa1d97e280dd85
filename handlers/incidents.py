"""The desk of incidents: understand what somebody wants of one, ask the policy, make the move, or say why not.

What it returns is for the asker's eyes alone; a move returns nothing, since the card and its thread show it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.blocks import incidents_told as told
from handlers.blocks import notices
from handlers.grammar import GrammarError
from handlers.guard import FAILED, Asker, Guard
from handlers.incident_grammar import (
    VERBS,
    Make,
    Said,
    Titled,
    minutes_of,
    move_of,
    parse_incident,
    role_of,
    titled,
)
from handlers.messages import key_of, place_of, said_at, said_in
from sickbay.diagnostics.targets import Target
from sickbay.incidents import lifecycle
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.lifecycle import IncidentError
from sickbay.incidents.model import (
    Defaults,
    EntryKind,
    Incident,
    Link,
    Opening,
    Role,
    TimelineEntry,
)
from sickbay.incidents.policy import Action
from sickbay.incidents.stats import stats_of
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.model import Destination

#: Days that `stats` looks back, and incidents that it looks at.
_DAYS, _MOST = 30, 10_000
#: What only looks: nobody has to be allowed it besides being there.
_LOOKS = frozenset({"list", "show", "timeline", "postmortem", "stats", "help"})


class IncidentDesk:
    """Takes what people want of incidents.

    `wake` tells whoever shows them that something changed; `unfit` gives why somebody can have no role, or nothing;
    `share` puts the post-mortem of an incident into its thread.
    """

    def __init__(
        self,
        guard: Guard,
        incidents: Incidents,
        timeline: Timeline,
        targets: Mapping[str, Target],
        *,
        wake: Callable[[], None],
        unfit: Callable[[str], str],
        share: Callable[[Incident], None],
        defaults: Defaults = Defaults(),  # noqa: B008 - it is frozen
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._guard = guard
        self._incidents = incidents
        self._timeline = timeline
        self._targets = targets
        self._wake = wake
        self._unfit = unfit
        self._share = share
        self._defaults = defaults
        self._clock = clock

    def take(self, text: str, *, asked_by: str, destination: Destination, request_id: str) -> str | None:
        """Act on what a person typed behind `/incident`; gives mrkdwn for that person, or nothing."""
        asker = Asker(asked_by, destination.channel)
        try:
            said = parse_incident(text)
            if said.verb == "open":
                return self.open(
                    titled(said.rest, self._targets), asked_by=asked_by, destination=destination, request_id=request_id
                )
            return self._looked(said, destination) if said.verb in _LOOKS else self._moved(said, asker, destination)
        except GrammarError as error:
            return told.incident_usage(str(error))
        except IncidentError as error:
            return str(error)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))

    def open(
        self,
        wanted: Titled,
        *,
        asked_by: str,
        destination: Destination,
        request_id: str,
        own_channel: bool | None = None,
    ) -> str | None:
        """Open an incident. Raises IncidentError, and DatabaseUnavailableError."""
        asker = Asker(asked_by, destination.channel)
        target = self._targets.get(wanted.target)
        if refusal := self._refused(asker, target, f"open {wanted.title}"):
            return refusal
        runbook = target.labels.get("runbook", "") if target else ""
        incident = self._incidents.open(
            Opening(
                request_id=request_id,
                title=wanted.title,
                severity=wanted.severity or self._defaults.severity,
                by=asked_by,
                channel=destination.channel,
                thread_ts=destination.thread_ts or "",
                own_channel=self._defaults.own_channel if own_channel is None else own_channel,
                target=wanted.target,
                scope=wanted.scope,
                links=(Link("Runbook", runbook),) if runbook.startswith(("https://", "http://")) else (),
                remind_every=self._defaults.remind_every,
            )
        )
        self._trace(asker, incident, "open")
        self._wake()
        return None

    def heard(self, words: str, destination: Destination) -> str | None:
        """Give what of a mention is for this desk: the words behind `incident`, or a verb in its thread or channel."""
        first, _, rest = words.strip().partition(" ")
        if first.lower().removeprefix("/") == "incident":
            return rest
        if first.lower() not in VERBS or first.lower() == "help":
            return None
        try:
            here = self._incidents.in_thread(destination.channel, destination.thread_ts or "")
        except DatabaseUnavailableError:
            return None
        return words.strip() if here else None

    def say(self, text: str, asker: Asker) -> str | None:
        """Do what a button or a form says in words that name the incident."""
        return self.take(text, asked_by=asker.user, destination=Destination(channel=asker.channel), request_id="")

    def targets_for(self, asker: Asker) -> tuple[str, ...]:
        """Give the targets on which somebody may open an incident there."""
        allowed = (name for name, target in self._targets.items() if self._guard.may(Action.INCIDENT, asker, target))
        return tuple(allowed)

    def changeable(self, number: int, asker: Asker) -> Incident | str:
        """Give an incident to somebody who may change it there, or the sentence why not."""
        try:
            incident = self._incidents.get(number)
        except (IncidentError, DatabaseUnavailableError) as error:
            return str(error)
        return self._refused(asker, self._targets.get(incident.target), f"{number} form") or incident

    def move(self, number: int, make: Make, asker: Asker, detail: str) -> str | None:
        """Make a move for somebody; gives why not."""
        try:
            incident = self._incidents.get(number)
            if refusal := self._refused(asker, self._targets.get(incident.target), f"{number} {detail}"):
                return refusal
            self._trace(asker, incident, detail)
            self._incidents.move(number, make, by=asker.user)
        except IncidentError as error:
            self._guard.trace(Action.INCIDENT, asker, "", detail=f"{number} {detail}", outcome=FAILED)
            return str(error)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))
        self._wake()
        return None

    def assign(self, number: int, role: Role, user: str, asker: Asker) -> str | None:
        """Give a role to somebody who can have one, or to nobody."""
        if user and (why := self._unfit(user)):
            return why
        return self.move(
            number, lambda incident, _at: lifecycle.assigned(incident, role, user), asker, f"role {role} {user}"
        )

    def note(self, number: int, text: str, key: str, asker: Asker, at: datetime | None = None) -> str | None:
        """Write something into the timeline by hand."""
        try:
            incident = self._incidents.get(number)
            if refusal := self._refused(asker, self._targets.get(incident.target), f"{number} note"):
                return refusal
            if not text.strip():
                return told.incident_usage("A note says something.")
            self._trace(asker, incident, "note")
            kind = EntryKind.MESSAGE if key.startswith("message:") else EntryKind.NOTE
            entry = TimelineEntry(at=at or self._clock(), kind=kind, author=asker.user, text=text.strip(), key=key)
            new = self._timeline.write(number, entry)
        except IncidentError as error:
            return str(error)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))
        return f"Noted in the timeline of INC-{number}." if new else f"That is in the timeline of INC-{number} already."

    def keep(self, message: dict[str, Any], asker: Asker) -> str:
        """Put a message into the timeline of the incident of its thread or channel."""
        try:
            number = self.which(None, place_of(message, asker.channel)).number
        except (IncidentError, DatabaseUnavailableError) as error:
            return str(error)
        key, at = key_of(asker.channel, message["ts"]), said_at(message)
        return self.note(number, said_in(message), key, asker, at) or ""

    def edited(self, key: str, text: str) -> None:
        """Follow an edit of what stands in timelines."""
        self._timeline.edited(key, text)

    def deleted(self, key: str) -> None:
        """Follow a deletion of what stands in timelines."""
        self._timeline.deleted(key)

    def remind(self, number: int, minutes: int, asker: Asker) -> str:
        """Set after how many minutes without an update to remind."""
        try:
            incident = self._incidents.get(number)
            if refusal := self._refused(asker, self._targets.get(incident.target), f"{number} remind"):
                return refusal
            self._trace(asker, incident, f"remind {minutes}")
            self._incidents.change(number, lambda before, now: lifecycle.reminded(before, minutes, now))
        except IncidentError as error:
            return str(error)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))
        self._wake()
        return f"I remind of an update after {minutes} minutes without one." if minutes else "I remind of nothing."

    def which(self, number: int | None, destination: Destination) -> Incident:
        """Give the incident that is meant: by its number, its thread, or as the only one open in the channel.

        Raises IncidentError, which lists them where there are several.
        """
        if number is not None:
            return self._incidents.get(number)
        found = self._incidents.in_thread(destination.channel, destination.thread_ts or "")
        if found:
            return found
        here = [item for item in self._incidents.listed() if item.channel == destination.channel]
        if len(here) != 1:
            raise IncidentError(told.which(here))
        return here[0]

    def _looked(self, said: Said, destination: Destination) -> str:
        match said.verb:
            case "list":
                return told.incident_list(self._incidents.listed())
            case "stats":
                everything = self._incidents.listed(only_open=False, limit=_MOST)
                return told.stats_told(stats_of(everything, days=_DAYS, now=self._clock()))
            case "help":
                return told.incident_usage()
        incident = self.which(said.number, destination)
        if said.verb == "postmortem":
            self._share(incident)
            return f"The post-mortem of INC-{incident.number} is in its thread."
        entries = self._timeline.entries(incident.number)
        shown = told.timeline_told if said.verb == "timeline" else told.incident_shown
        return shown(incident, entries)

    def _moved(self, said: Said, asker: Asker, destination: Destination) -> str | None:
        number, rest = self.which(said.number, destination).number, said.rest
        match said.verb:
            case "role":
                role, user = role_of(rest)
                return self.assign(number, role, user, asker)
            case "note":
                return self.note(number, rest, f"note:{asker.user}:{self._clock().isoformat()}", asker)
            case "remind":
                return self.remind(number, minutes_of(rest), asker)
        return self.move(number, move_of(said), asker, f"{said.verb} {rest}".strip())

    def _refused(self, asker: Asker, target: Target | None, detail: str) -> str | None:
        return self._guard.refusal(Action.INCIDENT, asker, target, detail)

    def _trace(self, asker: Asker, incident: Incident, detail: str) -> None:
        target, written = self._targets.get(incident.target), f"INC-{incident.number} {detail}"
        self._guard.accept(Action.INCIDENT, asker, target, written)
