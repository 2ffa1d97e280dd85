"""The desk of incidents: understand what somebody wants of one, ask the policy, make the move, or say why not.

What it returns is for the asker's eyes alone; a move returns nothing, since the card and its thread show it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from handlers.blocks import incidents_told as told
from handlers.blocks import notices
from handlers.blocks.text import code
from handlers.grammar import GrammarError
from handlers.guard import ACCEPTED, FAILED, NOT_UNDERSTOOD, Asker, Guard
from handlers.incident_grammar import SPOKEN, Make, Said, Titled, minutes_of, move_of, parse_incident, role_of, titled
from handlers.messages import key_of, place_of, said_at, said_by, said_in
from sickbay.diagnostics.targets import Target
from sickbay.incidents import lifecycle
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.lifecycle import IncidentError
from sickbay.incidents.model import Defaults, EntryKind, Incident, IncidentState, Link, Opening, Role, TimelineEntry
from sickbay.incidents.policy import Action
from sickbay.incidents.stats import stats_of
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.model import Destination

#: Days that `stats` looks back.
_DAYS = 30
#: What only looks: nobody has to be allowed it besides being there.
_LOOKS = frozenset({"list", "show", "timeline", "postmortem", "stats", "help"})


class IncidentDesk:
    """Takes what people want of incidents.

    `wake` tells whoever shows them that something changed; `unfit` gives why somebody can have no role, or nothing;
    `share` puts the post-mortem of an incident into its thread, with what one may see of others.
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
        share: Callable[[Incident, Callable[[Incident], bool]], None],
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
        self.defaults = defaults
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
            if said.verb in _LOOKS:
                return self._looked(said, asker, destination)
            return self._moved(said, asker, destination, request_id)
        except GrammarError as error:
            self._guard.trace(Action.INCIDENT, asker, "", detail=text, outcome=NOT_UNDERSTOOD)
            return told.not_understood(str(error))
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
    ) -> str | None:
        """Open an incident. Raises IncidentError, and DatabaseUnavailableError."""
        asker = Asker(asked_by, destination.channel)
        target = self._targets.get(wanted.target)
        if wanted.target and target is None:
            raise IncidentError(f"There is no target {code(wanted.target)}. `/diagnose targets` lists them.")
        if refusal := self._guard.admit(Action.INCIDENT, asker, target, f"open {wanted.title}"):
            return refusal
        runbook = target.labels.get("runbook", "") if target else ""
        self._incidents.open(
            Opening(
                request_id=request_id,
                title=wanted.title,
                severity=wanted.severity or self.defaults.severity,
                by=asked_by,
                channel=destination.channel,
                thread_ts=destination.thread_ts or "",
                own_channel=self.defaults.own_channel if wanted.own_channel is None else wanted.own_channel,
                target=wanted.target,
                scope=wanted.scope,
                links=(Link("Runbook", runbook),) if runbook.startswith(("https://", "http://")) else (),
                remind_every=self.defaults.remind_every,
            )
        )
        self._wake()
        return None

    def heard(self, words: str, destination: Destination) -> str | None:
        """Give what of a mention is for this desk: the words behind `incident`, or a verb in its thread or channel."""
        first, rest = [*words.split(maxsplit=1), "", ""][:2]
        if first.lower().removeprefix("/") == "incident":
            return rest
        if first.lower() not in SPOKEN:
            return None
        try:
            here = self._incidents.in_thread(destination.channel, destination.thread_ts or "")
        except DatabaseUnavailableError:
            # Whatever it is about, it cannot be done now; that is said where it is taken.
            return words.strip()
        return words.strip() if here else None

    def say(self, text: str, asker: Asker, request_id: str = "") -> str | None:
        """Do what a button or a form says in words that name the incident."""
        place = Destination(channel=asker.channel)
        return self.take(text, asked_by=asker.user, destination=place, request_id=request_id)

    def listed(self, asker: Asker) -> tuple[Incident, ...]:
        """Give the open incidents that somebody may see there. Raises DatabaseUnavailableError."""
        return tuple(item for item in self._incidents.listed() if self._may_see(asker, item))

    def barred(self, asker: Asker) -> str | None:
        """Give the sentence for somebody who may open no incident there, on whatever target."""
        if self.targets_for(asker):
            return None
        return self._guard.refusal(Action.INCIDENT, asker, None, "open form")

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
        target = self._targets.get(incident.target)
        return self._guard.refusal(Action.INCIDENT, asker, target, f"INC-{number} form") or incident

    def move(self, number: int, make: Make, asker: Asker, detail: str, request_id: str = "") -> str | None:
        """Make a move for somebody, once for a request that has an id; gives why not."""
        try:
            incident = self._incidents.get(number)
            if refusal := self._admit(asker, incident, detail):
                return refusal
            self._incidents.move(number, make, by=asker.user, request_id=request_id)
        except IncidentError as error:
            self._guard.trace(Action.INCIDENT, asker, "", detail=f"{number} {detail}", outcome=FAILED)
            return str(error)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))
        self._wake()
        return None

    def assign(self, number: int, role: Role, user: str, asker: Asker, request_id: str = "") -> str | None:
        """Give a role to somebody who can have one, or to nobody."""
        incident = self.changeable(number, asker)
        if isinstance(incident, str):
            return incident
        if user and (why := self._unfit(user)):
            return why
        made = partial(lifecycle.assigned, role=role, user=user)
        return self.move(number, lambda incident, _at: made(incident), asker, f"role {role} {user}", request_id)

    def lead(self, number: int, asker: Asker) -> str | None:
        """Give the lead to the one who takes it, unless somebody has it."""
        return self.move(number, lambda incident, _at: lifecycle.led(incident, asker.user), asker, "take the lead")

    def advance(self, number: int, state: IncidentState, asker: Asker) -> str | None:
        """Move on to the next state, as the card offered it."""
        return self.move(
            number, lambda incident, at: lifecycle.advanced(incident, state, at), asker, f"state {state} by button"
        )

    def keep(self, message: dict[str, Any], asker: Asker) -> str:
        """Put a message into the timeline of the incident of its thread or channel. Raises DatabaseUnavailableError."""
        try:
            incident = self.which(None, place_of(message, asker.channel))
        except IncidentError as error:
            return str(error)
        entry = TimelineEntry(
            at=said_at(message),
            kind=EntryKind.MESSAGE,
            author=said_by(message),
            text=said_in(message),
            key=key_of(asker.channel, message["ts"]),
        )
        return self._write(incident, entry, asker)

    def drop(self, ts: str, asker: Asker) -> None:
        """Take a message out of the timelines that the asker may change. Raises DatabaseUnavailableError."""
        key = key_of(asker.channel, ts)
        for number in self._timeline.holding(key):
            incident = self._incidents.get(number)
            if not self._admit(asker, incident, "take a message out"):
                self._timeline.remove(number, key)

    def which(self, number: int | None, destination: Destination) -> Incident:
        """Give the incident that is meant: by its number, its thread, or as the only one open in the channel.

        Raises IncidentError, which lists them where there are several.
        """
        if number is not None:
            return self._incidents.get(number)
        found = self._incidents.in_thread(destination.channel, destination.thread_ts or "")
        if found:
            return found
        here = self._incidents.listed(channel=destination.channel)
        if len(here) != 1:
            raise IncidentError(told.which(here))
        return here[0]

    def _looked(self, said: Said, asker: Asker, destination: Destination) -> str:
        match said.verb:
            case "list":
                return told.incident_list(self.listed(asker))
            case "stats":
                now = self._clock()
                lately = self._incidents.since(now - timedelta(days=_DAYS))
                return told.stats_told(stats_of(lately, days=_DAYS, now=now))
            case "help":
                return told.incident_usage()
        incident = self.which(said.number, destination)
        # Who is in its channel sees it anyway; from elsewhere it takes what changing it takes.
        if incident.channel == asker.channel:
            written = f"INC-{incident.number} {said.verb}"
            self._guard.trace(Action.INCIDENT, asker, incident.target, detail=written, outcome=ACCEPTED)
        elif refusal := self._admit(asker, incident, said.verb):
            return refusal
        if said.verb == "postmortem":
            self._share(incident, partial(self._may_see, Asker(asker.user, incident.channel)))
            return f"The post-mortem of INC-{incident.number} is in its thread."
        entries = self._timeline.entries(incident.number)
        shown = told.timeline_told if said.verb == "timeline" else told.incident_shown
        return shown(incident, entries)

    def _moved(self, said: Said, asker: Asker, destination: Destination, request_id: str) -> str | None:
        incident, rest = self.which(said.number, destination), said.rest
        match said.verb:
            case "role":
                role, user = role_of(rest, asker.user)
                return self.assign(incident.number, role, user, asker, request_id)
            case "note":
                return self._note(incident, rest, asker, request_id)
            case "remind":
                return self._remind(incident, minutes_of(rest), asker)
        return self.move(incident.number, move_of(said), asker, f"{said.verb} {rest}".strip(), request_id)

    def _note(self, incident: Incident, text: str, asker: Asker, request_id: str) -> str:
        if not text:
            return told.not_understood("A note says something: `note TEXT`.")
        key = f"note:{request_id}"
        entry = TimelineEntry(at=self._clock(), kind=EntryKind.NOTE, author=asker.user, text=text, key=key)
        return self._write(incident, entry, asker)

    def _write(self, incident: Incident, entry: TimelineEntry, asker: Asker) -> str:
        if refusal := self._admit(asker, incident, "note"):
            return refusal
        new = self._timeline.write(incident.number, entry)
        there = f"the timeline of INC-{incident.number}"
        return f"Noted in {there}." if new else f"That is in {there} already."

    def _remind(self, incident: Incident, minutes: int, asker: Asker) -> str:
        if refusal := self._admit(asker, incident, f"remind {minutes}"):
            return refusal
        self._incidents.change(incident.number, lambda before, now: lifecycle.reminded(before, minutes, now))
        self._wake()
        return f"I remind of an update after {minutes} min without one." if minutes else "I remind of nothing."

    def _may_see(self, asker: Asker, incident: Incident) -> bool:
        """Say whether somebody sees an incident there: it is worked on there, or they may diagnose its target there."""
        target = self._targets.get(incident.target)
        return incident.channel == asker.channel or self._guard.may(Action.DIAGNOSE, asker, target)

    def _admit(self, asker: Asker, incident: Incident, detail: str) -> str | None:
        """Give why somebody may not do that to an incident, or nothing; either is written down."""
        target, written = self._targets.get(incident.target), f"INC-{incident.number} {detail}"
        return self._guard.admit(Action.INCIDENT, asker, target, written)
