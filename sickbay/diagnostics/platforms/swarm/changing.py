"""What a swarm tells of changes by itself: its last events, and what each service was before its last update."""

from collections.abc import Iterator
from datetime import datetime

from sickbay.diagnostics.events import Event, EventKind, Told, shortened
from sickbay.diagnostics.platforms.docker.changing import told_of
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.swarm.differences import REPLICAS, updated
from sickbay.diagnostics.platforms.swarm.happenings import told_by
from sickbay.diagnostics.platforms.swarm.nodes import LOST, STATE
from sickbay.diagnostics.platforms.swarm.ownership import owner_of
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Service


def changes(swarm: Snapshot) -> Told:
    """Give the changes that the swarm tells of.

    Of each service the last update, field by field, and when it was made; of nodes when they joined, and since when
    one is lost; when networks were made and the swarm's authority was replaced. The asked manager's events know more,
    as long as it remembers them.
    """
    if not swarm.looked_at():
        return Told()
    names = {node.id: swarm.node_name(node.id) for node in swarm.nodes}
    heard = [told for event in swarm.events for told in told_by(event, names)]
    heard = [told for told in heard if told.subject in _near(swarm)] if swarm.request.scope else heard
    left = [*_updates(swarm), *_made(swarm), *_nodes(swarm), *_authority(swarm)]
    known = {_news(event) for event in left}
    told = [*left, *(event for event in heard if _news(event) not in known)]
    read = {
        "services": len(swarm.services),
        "nodes": len(swarm.nodes_in_scope),
        "networks": len(swarm.networks_in_scope),
        "swarm events": len(swarm.events),
    }
    return told_of(told, read)


def began(service: Service) -> datetime:
    """Give when the last update of a service was made: its own time is also that of the swarm's work on it."""
    started, previous = service.update_status.started_at, service.previous_spec
    rolls = previous is not None and previous.task_template != service.template
    return started if rolls and NEVER < started <= service.updated_at else service.updated_at


def _news(event: Event) -> tuple[str, ...]:
    return (event.subject, event.kind, event.field, event.after)


def _near(swarm: Snapshot) -> set[str]:
    upstream = swarm.upstream()
    subjects = [swarm.service_subject(service) for service in swarm.services]
    return {str(near) for subject in subjects for near in {subject, *upstream[subject]}}


def _updates(swarm: Snapshot) -> Iterator[Event]:
    networks = {network.id: network.name for network in swarm.networks}
    for service in swarm.services:
        if service.previous_spec:
            at = _scaled(swarm, service) or began(service)
            yield from updated(service.previous_spec, service, at, networks)


def _scaled(swarm: Snapshot, service: Service) -> datetime | None:
    """Give when a service was scaled, where its update did only that and the manager remembers it."""
    if service.previous_spec and service.previous_spec.task_template != service.template:
        return None
    attribute = f"{REPLICAS.rpartition('.')[2].lower()}.new"
    times = (event.at for event in swarm.events if event.actor.id == service.id and attribute in event.actor.attributes)
    return max(times, default=None)


def _made(swarm: Snapshot) -> Iterator[Event]:
    for service in swarm.services:
        if service.created_at > NEVER:
            source, actor = f"GET /services {service.name} CreatedAt", owner_of(service) or ""
            yield _event(service.created_at, source, f"service/{service.name}", EventKind.CREATED, actor=actor)
    for network in swarm.networks_in_scope:
        if network.created > NEVER and not network.ingress:
            yield _event(network.created, "GET /networks", f"network/{network.name}", EventKind.CREATED)


def _nodes(swarm: Snapshot) -> Iterator[Event]:
    heard = {event.actor.id for event in swarm.events if event.type == "node"}
    for node in swarm.nodes_in_scope:
        source, subject = f"GET /nodes {swarm.node_name(node.id)}", str(swarm.node_subject(node))
        if node.created_at > NEVER:
            yield _event(node.created_at, f"{source} CreatedAt", subject, EventKind.NODE_JOINED)
        if node.status.state in LOST and node.updated_at > NEVER and node.id not in heard:
            told = (STATE, "ready", node.status.state)
            yield _event(node.updated_at, f"{source} UpdatedAt", subject, EventKind.NODE_LOST, *told)


def _authority(swarm: Snapshot) -> Iterator[Event]:
    if swarm.authority_began and swarm.authority_ends:
        yield authority_replaced(str(swarm.subject), swarm.authority_began, swarm.authority_ends)


def authority_replaced(subject: str, since: datetime, ends: datetime) -> Event:
    """Give that a swarm has another authority; its certificate is back-dated by some minutes."""
    source = "GET /info Swarm.Cluster.TLSInfo.TrustRoot"
    after = f"holds until {ends:%Y-%m-%d}"
    return _event(since, source, subject, EventKind.CERTIFICATE, "authority", after=after)


def _event(
    at: datetime,
    source: str,
    subject: str,
    kind: EventKind,
    field: str = "",
    before: str = "",
    after: str = "",
    actor: str = "",
) -> Event:
    return Event(
        at=at,
        source=shortened(source),
        subject=shortened(subject),
        kind=kind,
        field=field,
        before=before,
        after=after,
        actor=shortened(actor),
    )
