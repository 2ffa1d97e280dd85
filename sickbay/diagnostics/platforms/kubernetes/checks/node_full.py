"""A node has almost no room left."""

from collections.abc import Iterator
from decimal import Decimal

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.quantities import amount, readable
from sickbay.diagnostics.platforms.kubernetes.requests import requested
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: The share of what a node has for pods from which it counts as full.
_FULL = {"cpu": Decimal("0.90"), "memory": Decimal("0.90"), "pods": Decimal("0.95")}
_NAMES = {"cpu": "CPUs", "memory": "memory", "pods": "places for pods"}


@check(
    "K8S-N105",
    title="Node almost full",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Add nodes, or lower requests that are higher than what the pods use.",
)
def node_full(cluster: Snapshot) -> Iterator[Finding]:
    """The pods on a node ask for 90 % of its CPUs or memory, or take 95 % of its places for pods.

    Measured against what the node has for pods (allocatable); what has ended counts no more. The next pod, or the pods
    of the next node that fails, find no place there.
    """
    for node in cluster.nodes:
        pods = [pod for pod in cluster.pods_by_node.get(node.name, ()) if not pod.finished]
        full = [(resource, *used) for resource in _FULL if (used := _used(node, pods, resource))]
        if full:
            told = [f"{readable(name, used)} of {readable(name, there)} {_NAMES[name]}" for name, used, there in full]
            yield Finding(
                subject=Subject("node", node.name),
                summary=f"Node {node.name} is almost full: its {len(pods)} pods take {', and '.join(told)}.",
                evidence=tuple(
                    cluster.evidence(
                        "nodes",
                        node,
                        f"status.allocatable.{name}",
                        f"{there}, its pods ask for {used / there:.0%} of it",
                    )
                    for name, used, there in full
                ),
            )


def _used(node: Node, pods: list[Pod], resource: str) -> tuple[Decimal, Decimal] | None:
    """Give how much of a resource is taken and there is, where it is almost used up."""
    there = amount(node.status.allocatable.get(resource, 0))
    used = Decimal(len(pods)) if resource == "pods" else sum((requested(pod, resource) for pod in pods), Decimal(0))
    return (used, there) if there and used >= _FULL[resource] * there else None
