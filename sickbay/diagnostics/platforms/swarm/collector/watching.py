"""Watch one swarm: a manager's stream of events, and its services and nodes where these say that they changed."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from threading import Event as Signal

from sickbay.diagnostics.events import Batch, Event, EventKind
from sickbay.diagnostics.platforms.docker.collector.connection import Connection
from sickbay.diagnostics.platforms.docker.collector.following import Watch
from sickbay.diagnostics.platforms.docker.wire import engine as wire
from sickbay.diagnostics.platforms.swarm.changing import authority_replaced, began
from sickbay.diagnostics.platforms.swarm.collector import authority
from sickbay.diagnostics.platforms.swarm.collector.calls import Calls
from sickbay.diagnostics.platforms.swarm.differences import updated
from sickbay.diagnostics.platforms.swarm.happenings import SOURCE, is_of_an_update, told_by
from sickbay.diagnostics.platforms.swarm.nodes import node_changes
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.target import SwarmTarget
from sickbay.diagnostics.platforms.swarm.wire.nodes import Node
from sickbay.diagnostics.platforms.swarm.wire.services import Service, ServiceSpec
from sickbay.diagnostics.targets import Request

#: Seconds between two looks at the swarm's authority: no event tells that it was replaced.
_AUTHORITY = 600.0


def watch(target: SwarmTarget, cursor: str, stopping: Signal) -> Iterator[Batch]:
    """Watch the swarm from a cursor on until `stopping`.

    Raises TemporaryError where no manager answers for 20 s: a worker does not tell of services.
    """
    yield from Watch(target, SwarmTeller(target.name), cursor, stopping).batches()


class SwarmTeller:
    """Tells what happens in a swarm, with what its services were before."""

    waits = False
    unseen = ""

    def __init__(self, swarm: str) -> None:
        self.subject = f"swarm/{swarm}"
        self._swarm = swarm
        self._told = list[Event]()
        self._heard: dict[str, list[wire.Event]] = {}
        self._joined = list[wire.Event]()
        self._since: datetime | None = None
        self._everything = True
        self._specs: dict[str, ServiceSpec] = {}
        self._nodes: dict[str, Node] = {}
        self._names: Mapping[str, str] = {}
        self._authority: datetime | None = None
        self._authority_at = -_AUTHORITY

    def look_around(self, _connection: Connection, since: datetime | None, _now: datetime) -> None:
        """Let the next conclusion look at everything: what was made or changed `since` is news."""
        self._since, self._everything = since, True

    def hear(self, event: wire.Event) -> None:
        """Take in an event of the swarm; those of the manager's own containers are another target's."""
        if event.scope != "swarm":
            return
        if event.action == "update" and event.type in {"service", "node"}:
            self._heard.setdefault(event.actor.id, []).append(event)
        if event.type == "node" and event.action == "create":
            self._joined.append(event)  # what it is called stands in the list of nodes alone
        elif not is_of_an_update(event):
            self._told += told_by(event, self._names)
        if event.type == "service" and event.action == "remove":
            self._specs.pop(event.actor.id, None)

    def conclude(self, connection: Connection, _until: datetime | None) -> tuple[Event, ...]:
        """Give what happened; services and nodes are read where something did. Raises CallError and ShapeError."""
        calls, told = Calls(connection), list(self._told)
        if self._everything or self._heard or self._joined:
            nodes = calls.nodes()
            told += self._of_nodes(nodes)
            told += (one for event in self._joined for one in told_by(event, self._names))
            told += self._of_services(calls)
            self._nodes = {node.id: node for node in nodes}
        if self._everything or time.monotonic() - self._authority_at > _AUTHORITY:
            told += self._of_authority(calls)
        self._told, self._heard, self._joined, self._everything = [], {}, [], False
        return tuple(sorted(told, key=lambda event: event.at))

    def _of_services(self, calls: Calls) -> Iterator[Event]:
        networks = {network.id: network.name for network in calls.networks()}
        services = {service.id: service for service in calls.services()}
        for service in services.values():
            heard, known = self._heard.get(service.id, ()), self._specs.get(service.id)
            updates = [event.at for event in heard if is_of_an_update(event)]
            at = updates[0] if updates else began(service)
            before = known or (service.previous_spec if heard or self._is_news(at) else None)
            if before:
                yield from updated(before, service, at, networks, SOURCE)
            elif self._is_news(service.created_at):
                yield from self._made(service)
        for id_ in self._specs.keys() - services.keys():
            subject = f"service/{self._specs[id_].name}"
            if not any((event.subject, event.kind) == (subject, EventKind.REMOVED) for event in self._told):
                yield Event(at=datetime.now(UTC), source="GET /services", subject=subject, kind=EventKind.REMOVED)
        self._specs = {service.id: service.spec for service in services.values()}

    def _made(self, service: Service) -> Iterator[Event]:
        subject = f"service/{service.name}"
        if not any((event.subject, event.kind) == (subject, EventKind.CREATED) for event in self._told):
            yield Event(at=service.created_at, source="GET /services", subject=subject, kind=EventKind.CREATED)

    def _is_news(self, at: datetime) -> bool:
        return self._everything and self._since is not None and at > self._since

    def _of_nodes(self, nodes: tuple[Node, ...]) -> Iterator[Event]:
        shown = Snapshot(request=Request(), taken_at=datetime.now(UTC), swarm=self._swarm, address="", nodes=nodes)
        self._names = {node.id: shown.node_name(node.id) for node in nodes}
        for node in nodes:
            if known := self._nodes.get(node.id):
                told_already = node.id in self._heard
                yield from node_changes(known, node, self._names[node.id], told_already=told_already)

    def _of_authority(self, calls: Calls) -> Iterator[Event]:
        info = calls.info()
        since, ends = authority.began(info), authority.ends(info)
        if since and ends and self._authority and since > self._authority:
            yield authority_replaced(self.subject, since, ends)
        self._authority, self._authority_at = since or self._authority, time.monotonic()
