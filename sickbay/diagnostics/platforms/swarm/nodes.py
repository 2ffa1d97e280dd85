"""In what a node differs from what it was."""

from collections.abc import Iterator, Mapping

from sickbay.diagnostics.events import Event, EventKind, shortened
from sickbay.diagnostics.platforms.swarm.wire.nodes import Node
from sickbay.diagnostics.redaction import redact_named

#: States of a node in which it runs nothing that anybody can reach.
LOST = frozenset({"down", "disconnected"})
STATE = "Status.State"
_MIB = 1024 * 1024


def node_changes(before: Node, now: Node, name: str, *, told_already: bool) -> Iterator[Event]:
    """Yield what changed in a node; `told_already` leaves out what events tell: its state, availability and role."""
    one, other = _facts(before), _facts(now)
    if told_already:
        one, other = _untold(before), _untold(now)
    for field in sorted(one.keys() | other.keys()):
        old, new = one.get(field, ""), other.get(field, "")
        if old != new:
            lost = field == STATE and new in LOST
            yield Event(
                at=now.updated_at,
                source=shortened(f"GET /nodes {name}"),
                subject=shortened(f"node/{name}"),
                kind=EventKind.NODE_LOST if lost else EventKind.NODE_CHANGED,
                field=shortened(field),
                before=shortened(old),
                after=shortened(new),
            )


def _facts(node: Node) -> Mapping[str, str]:
    told = {STATE: node.status.state, "Spec.Availability": node.spec.availability, "Spec.Role": node.spec.role}
    return {**told, **_untold(node)}


def _untold(node: Node) -> Mapping[str, str]:
    has = node.description.resources
    return {
        "Description.Engine.EngineVersion": node.description.engine.engine_version,
        "Description.Resources": f"{has.nano_cpus / 1e9:g} CPUs, {has.memory_bytes / _MIB:.0f} MiB",
        **{f"Spec.Labels[{name}]": redact_named(name, value) for name, value in node.spec.labels.items()},
    }
