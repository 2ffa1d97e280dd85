"""A swarm's events in Sickbay's words. What an update changed of a service stands in its specifications, not here."""

from collections.abc import Iterator, Mapping

from sickbay.diagnostics.events import Event, EventKind, shortened
from sickbay.diagnostics.platforms.docker.wire import engine as wire
from sickbay.diagnostics.platforms.swarm.differences import IMAGE, REPLICAS
from sickbay.diagnostics.platforms.swarm.nodes import LOST, STATE

SOURCE = "swarm events"
#: What an update of a node may say: how the API names it, and its place in a node.
_OF_NODES = {
    "availability": "Spec.Availability",
    "role": "Spec.Role",
    "reachability": "ManagerStatus.Reachability",
    "leader": "ManagerStatus.Leader",
}
_OF_SERVICES = {"image": (EventKind.IMAGE, IMAGE), "replicas": (EventKind.SCALE, REPLICAS)}
#: States of an update that went wrong.
_WRONG = frozenset({"paused", "rollback_paused"})


def told_by(event: wire.Event, nodes: Mapping[str, str]) -> Iterator[Event]:
    """Yield what an event tells of changes; `nodes` are the names of nodes by id."""
    attributes, kind = event.actor.attributes, event.type
    if event.scope != "swarm":
        return
    name = attributes.get("name") or event.actor.id[:12]
    if kind == "node":
        yield from _node(event, attributes, nodes.get(event.actor.id, name))
    elif event.action == "create":
        yield _event(event, f"{kind}/{name}", EventKind.CREATED)
    elif event.action == "remove":
        yield _event(event, f"{kind}/{name}", EventKind.REMOVED)
    elif kind == "service" and event.action == "update":
        yield from _service(event, attributes, name)
    elif kind in {"config", "secret"}:
        yield _event(event, f"{kind}/{name}", EventKind.CONFIG)


def is_of_an_update(event: wire.Event) -> bool:
    """Say whether an event is of what a person changed in a service, and not of how far the swarm has come with it."""
    changed = event.type == "service" and event.action == "update"
    return changed and "updatestate.new" not in event.actor.attributes


def _node(event: wire.Event, attributes: Mapping[str, str], name: str) -> Iterator[Event]:
    subject = f"node/{name}"
    if event.action in {"create", "remove"}:
        yield _event(event, subject, EventKind.NODE_JOINED if event.action == "create" else EventKind.NODE_LOST)
    old, new = attributes.get("state.old", ""), attributes.get("state.new", "")
    if new in LOST:
        yield _event(event, subject, EventKind.NODE_LOST, STATE, old, new)
    elif old in LOST and new:
        yield _event(event, subject, EventKind.NODE_CHANGED, STATE, old, new)
    for written, field in _OF_NODES.items():
        if (new := attributes.get(f"{written}.new", "")) and (old := attributes.get(f"{written}.old", "")) != new:
            yield _event(event, subject, EventKind.NODE_CHANGED, field, old, new)


def _service(event: wire.Event, attributes: Mapping[str, str], name: str) -> Iterator[Event]:
    for written, (kind, field) in _OF_SERVICES.items():
        if new := attributes.get(f"{written}.new", ""):
            old = attributes.get(f"{written}.old", "")
            if kind is EventKind.IMAGE and old.partition("@")[0] != new.partition("@")[0]:
                old, new = old.partition("@")[0], new.partition("@")[0]
            yield _event(event, f"service/{name}", kind, field, old, new)
    if (state := attributes.get("updatestate.new", "")) in _WRONG:
        old = attributes.get("updatestate.old", "")
        yield _event(event, f"service/{name}", EventKind.OTHER, "UpdateStatus.State", old, state)


def _event(
    event: wire.Event, subject: str, kind: EventKind, field: str = "", before: str = "", after: str = ""
) -> Event:
    return Event(
        at=event.at,
        source=SOURCE,
        subject=shortened(subject),
        kind=kind,
        field=field,
        before=shortened(before),
        after=shortened(after),
    )
