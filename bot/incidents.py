"""Shows incidents in Slack as the database has them, and puts the diagnoses that they ask for on the queue.

Level-triggered: what Slack has yet to show is asked of the database, and shown once (showing.py), by whichever bot
holds the incident's lock. What cannot be shown now is tried again; nothing is lost with a process.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import msgspec
import redis
import structlog
from redis.lock import Lock

from bot.incident_channel import create_channel, furnish
from bot.rate_limit import RateLimit
from bot.showing import CLOCKS_DIFFER, Showing, locked
from bot.shown import Memory
from bot.slack import NoEntryError, Slack
from bot.turns import EVERY, Waits
from handlers.blocks import incident_news as news
from handlers.blocks import notices
from handlers.blocks.incident import incident_card
from handlers.blocks.message import Message
from handlers.desk import Desk
from handlers.grammar import Ask
from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.diagnostics.targets import Request
from sickbay.incidents.incidents import Incidents, Wanted
from sickbay.incidents.lifecycle import is_person
from sickbay.incidents.model import EntryKind, Incident, TimelineEntry
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.model import Destination
from sickbay.jobs.queue import NAMESPACE

log = structlog.get_logger()

#: How long what Slack shows of an incident is remembered after its last change; then it is looked for in Slack.
_KEEP = timedelta(days=90)
#: Incidents of one look.
_MOST = 1_000
_TOLD = news.TOLD | {EntryKind.OPENED}


class _Sync(NamedTuple):
    """One incident under way, the lock on it, and what is known of what Slack shows of it."""

    incident: Incident
    lock: Lock
    memory: Memory


class Board:
    """Keeps Slack showing the incidents. `stakeholders` is a channel that is told of changes of status alone."""

    def __init__(
        self,
        incidents: Incidents,
        timeline: Timeline,
        desk: Desk,
        client: redis.Redis,
        slack: Slack,
        *,
        stakeholders: str = "",
        namespace: str = NAMESPACE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._incidents = incidents
        self._timeline = timeline
        self._desk = desk
        self._redis = client
        self._slack = slack
        self._stakeholders = stakeholders
        self._limit = RateLimit(client, namespace=namespace, clock=clock)
        self._namespace = namespace
        self._clock = clock
        self._waits = Waits(clock)

    def turn(self) -> None:
        """Do all that can be done now. Raises as `Waits.attempt`."""
        for incident in self._incidents.unshown(_MOST):
            self._try("news", incident.number, self._show)
        for incident in self._incidents.due(_MOST):
            self._try("reminder", incident.number, partial(self._remind, incident))
        for wanted in self._incidents.wanted(_MOST):
            self._try(f"diagnosis {wanted.id}", wanted.incident, partial(self._submit, wanted))

    def _try(self, what: str, number: int, act: Callable[[_Sync], None]) -> None:
        """Do something of an incident, unless it waits for something or another bot is at it."""

        def do() -> None:
            with locked(self._redis, f"{self._namespace}:lock:incident:{number}") as lock:
                incident = self._incidents.get(number)
                name = f"incident.{number}:{incident.opened_at.timestamp():.0f}"
                act(_Sync(incident, lock, Memory(self._redis, name, namespace=self._namespace, keep=_KEEP)))

        self._waits.attempt(f"{what} of INC-{number}", do)

    def _show(self, sync: _Sync) -> None:
        """Show the incident as it is now: its card, and in its thread what happened since it was last shown."""
        if not sync.incident.placed:
            sync = sync._replace(incident=self._place(sync))
        incident = sync.incident
        entries = self._timeline.entries(incident.number, kinds=_TOLD)
        updates = [entry.at for entry in entries if entry.kind is EntryKind.UPDATE]
        showing = self._showing(sync, incident.channel)
        try:
            for entry in entries:
                if incident.shown < _version(entry) <= incident.version:
                    self._tell(sync, showing, entry)
            card = incident_card(incident, max(updates, default=None), self._incidents.alerts(incident.number))
            showing.show(card, incident.thread_ts, final=False, known=True)
            if incident.own_channel:
                self._aside(sync, incident.opened_in, "", news.moved_to(incident, incident.channel), known=True)
                furnish(self._slack, self._limit, sync.memory, incident)
        except PermanentError as error:
            # Somebody archived the channel, or put the bot out: what changes later is tried again then.
            log.warning("an incident is not shown", incident=incident.number, error=str(error))
        self._incidents.shown(incident.number, incident.version)

    def _tell(self, sync: _Sync, showing: Showing, entry: TimelineEntry) -> None:
        incident = sync.incident
        if entry.kind in news.TOLD:
            showing.show(news.news(incident, entry), incident.thread_ts)
        if entry.kind in news.STATUS | {EntryKind.OPENED} and self._stakeholders not in {"", incident.channel}:
            self._aside(sync, self._stakeholders, "", news.for_stakeholders(incident, entry))

    def _place(self, sync: _Sync) -> Incident:
        """Post the card where it belongs, and give the incident with its place."""
        incident = sync.incident
        own, refused = self._own_channel(sync)
        channel, thread = (own, "") if own else (incident.channel, incident.thread_ts)
        showing = self._showing(sync, channel)
        try:
            alerts = self._incidents.alerts(incident.number)
            head = showing.show(incident_card(incident, alerts=alerts), thread)
        except NoEntryError as error:
            self._uninvited(sync, error)
            raise
        if own:
            self._aside(sync, incident.channel, incident.thread_ts, news.moved_to(incident, own))
        if refused:
            showing.show(news.no_channel(incident, refused), head.place)
        self._incidents.place(incident.number, channel=channel, thread_ts=head.place, own_channel=bool(own))
        return msgspec.structs.replace(
            incident, channel=channel, thread_ts=head.place, own_channel=bool(own), placed=True
        )

    def _own_channel(self, sync: _Sync) -> tuple[str, str]:
        """Give the channel that it has for itself, and why it has none that should have one."""
        if not sync.incident.own_channel:
            return "", ""
        try:
            return create_channel(self._slack, self._limit, sync.memory, sync.incident), ""
        except PermanentError as error:
            return "", str(error)

    def _uninvited(self, sync: _Sync, error: NoEntryError) -> None:
        """Tell who opened it, once, why there is no card; who was resolved meanwhile needs none."""
        incident = sync.incident
        if not incident.open:
            self._incidents.shown(incident.number, incident.version)
        if is_person(incident.opened_by):
            message = news.said_once(f"incident:{incident.number}:told", news.no_way_in(incident, error.code))
            self._aside(sync, incident.opened_by, "", message)

    def _aside(self, sync: _Sync, channel: str, thread: str, message: Message, *, known: bool = False) -> None:
        """Show something elsewhere; where Slack refuses, nothing else has to wait for it."""
        try:
            self._showing(sync, channel).show(message, thread, known=known)
        except PermanentError as error:
            log.warning("a channel cannot be told of an incident", channel=channel, error=str(error))

    def _remind(self, due: Incident, sync: _Sync) -> None:
        """Remind in the thread that an update is due."""
        incident = sync.incident
        if not incident.placed or incident.remind_at != due.remind_at:
            return
        self._aside(sync, incident.channel, incident.thread_ts, news.reminder(incident))
        self._incidents.claim_reminder(incident)

    def _submit(self, wanted: Wanted, sync: _Sync) -> None:
        """Put a diagnosis that the incident asks for on the queue; its answer stands in the incident's thread."""
        incident = sync.incident
        if not incident.placed:
            return
        said = self._desk.ask(
            Ask(target=wanted.target, request=Request(scope=wanted.scope)),
            asked_by=wanted.asked_by,
            destination=Destination(channel=incident.channel, thread_ts=incident.thread_ts),
            request_id=f"{wanted.id}:{incident.opened_at.isoformat()}",
            configured=not is_person(wanted.asked_by),
        )
        if said == notices.queue_unavailable():
            raise TemporaryError("the queue does not answer", delay=EVERY)
        if said:
            message = news.said_once(f"incident:{incident.number}:refused:{wanted.id}", said)
            self._aside(sync, incident.channel, incident.thread_ts, message)
        self._incidents.submitted(wanted.id)

    def _showing(self, sync: _Sync, channel: str) -> Showing:
        since = sync.incident.opened_at.timestamp() - CLOCKS_DIFFER
        return Showing(
            self._slack, self._limit, sync.memory, sync.lock, channel=channel, since=since, clock=self._clock
        )


def _version(entry: TimelineEntry) -> int:
    """Give the version of the incident that an entry tells of: opened is the first, each move makes another."""
    number = entry.key.removeprefix("move:").partition(":")[0]
    return int(number) if number.isdecimal() else 1
