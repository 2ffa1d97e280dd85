"""Pods that use up a node at the cost of the others there, where the use of CPU and memory is measured."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.kubernetes.quantities import amount, readable
from sickbay.diagnostics.platforms.kubernetes.requests import requested
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node, PodMetrics
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: A node counts as used up from this share; a pod as noisy that uses this many times its request, and this share of the
#: node; and so many others must suffer.
_USED_UP, _BEYOND, _LARGE, _VICTIMS = Decimal("0.90"), 2, Decimal("0.25"), 2
_TIMEOUTS = ("timeout", "deadline exceeded", "Timeout")


class Noise(Struct, frozen=True, kw_only=True):
    """A node that is used up, the pod that takes most, how much of which resource, and those that suffer."""

    node: Node
    pod: Pod
    resource: str
    uses: str
    asked: str
    victims: tuple[tuple[Pod, Evidence], ...]


def noises(cluster: Snapshot) -> Iterator[Noise]:
    """Yield one noise a node."""
    usage = {item.name: item for item in cluster.pod_metrics}
    for metrics in cluster.node_metrics:
        node = cluster.node_by_name.get(metrics.name)
        if node is None:
            continue
        for resource, written in (("memory", metrics.usage.memory), ("cpu", metrics.usage.cpu)):
            used, there = amount(written), amount(node.status.allocatable.get(resource, 0))
            if used and there and used >= _USED_UP * there:
                found = _noise(cluster, node, resource, there, usage)
                if found:
                    yield found
                    break


def _noise(
    cluster: Snapshot, node: Node, resource: str, there: Decimal, usage: Mapping[str, PodMetrics]
) -> Noise | None:
    pods = cluster.pods_by_node.get(node.name, ())
    taken = [(_used(usage.get(pod.name), resource), requested(pod, resource), pod) for pod in pods]
    used, asked, noisy = max(
        taken, key=lambda item: item[0] - _BEYOND * item[1], default=(Decimal(0), Decimal(0), None)
    )
    if noisy is None or used <= _BEYOND * asked or used < _LARGE * there:
        return None
    owner = cluster.owner(noisy)
    victims = [(pod, proof) for pod in pods if cluster.owner(pod) != owner and (proof := _suffered(cluster, pod))]
    if len(victims) < _VICTIMS:
        return None
    return Noise(
        node=node,
        pod=noisy,
        resource=resource,
        uses=f"{readable(resource, used)} of {readable(resource, there)}",
        asked=readable(resource, asked),
        victims=tuple(victims),
    )


def _used(metrics: PodMetrics | None, resource: str) -> Decimal:
    containers = metrics.containers if metrics else ()
    written = (item.usage.memory if resource == "memory" else item.usage.cpu for item in containers)
    return sum((amount(text) or Decimal(0) for text in written), Decimal(0))


def _suffered(cluster: Snapshot, pod: Pod) -> Evidence | None:
    if pod.status.reason == "Evicted":
        return cluster.evidence("pods", pod, "status", f"Evicted: {pod.status.message}")
    late = cluster.events_of("Pod", pod.name, "Unhealthy")
    return next(
        (cluster.event_evidence(event) for event in late if any(words in event.message for words in _TIMEOUTS)), None
    )
