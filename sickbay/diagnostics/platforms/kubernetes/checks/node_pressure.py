"""A node runs out of memory, disk or process ids."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node

_PRESSURES = {
    "MemoryPressure": ("memory", "Move pods away or add nodes; give the largest a memory request that is true.",
                       "kubectl top pod -A --sort-by=memory"),
    "DiskPressure": ("disk space", "Remove images and files that nothing uses, or give the node a larger disk.", None),
    "PIDPressure": ("process ids", "Find what starts so many processes on it, and limit it (podPidsLimit).", None),
}  # fmt: skip
_EVENTS = ("EvictionThresholdMet", "FreeDiskSpaceFailed", "ImageGCFailed")


@check(
    "K8S-N102",
    title="Node under pressure",
    severity=Severity.HIGH,
    remedy="Free what the node runs out of, or spread its pods over more nodes.",
    explains=("K8S-P110",),
)
def node_pressure(cluster: Snapshot) -> Iterator[Finding]:
    """A node's memory, disk space or process ids are nearly used up: its kubelet evicts pods, and new ones stay away.

    Recognised by the conditions MemoryPressure, DiskPressure and PIDPressure alone.
    """
    for node in cluster.nodes:
        pressed = [item for item in node.status.conditions if item.type in _PRESSURES and item.status == "True"]
        if pressed:
            _, cure, command = _PRESSURES[pressed[0].type]
            subject = Subject("node", node.name)
            short = " and ".join(_PRESSURES[item.type][0] for item in pressed)
            yield Finding(
                subject=subject,
                summary=f"Node {node.name} is short of {short}: its kubelet evicts pods, and new ones stay away.",
                evidence=tuple(_evidence(cluster, node, pressed)),
                remedy=remedy(cluster, subject, cure, command),
                first_seen=pressed[0].last_transition_time,
            )


def _evidence(cluster: Snapshot, node: Node, pressed: list[Condition]) -> Iterator[Evidence]:
    for item in pressed:
        yield cluster.evidence("nodes", node, f"status.conditions[{item.type}]", f"{item.reason}: {item.message}")
    for event in cluster.events_of("Node", node.name, *_EVENTS)[-1:]:
        yield cluster.event_evidence(event)
