"""One pod uses up a node at the cost of others."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.quantities import amount, readable
from sickbay.diagnostics.platforms.kubernetes.requests import requested
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node, PodMetrics
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: A node counts as used up from this share; a pod as noisy that uses this many times its request, and this share of the
#: node; and so many others must suffer.
_USED_UP, _BEYOND, _LARGE, _VICTIMS = Decimal("0.90"), 2, Decimal("0.25"), 2
_TIMEOUTS = ("timeout", "deadline exceeded", "Timeout")


@check(
    "K8S-N106",
    title="Noisy neighbour",
    severity=Severity.MEDIUM,
    remedy="Give the noisy pod a limit and a true request, or a node of its own.",
    explains=("K8S-P110", "K8S-P108"),
)
def noisy_neighbour(cluster: Snapshot) -> Iterator[Finding]:
    """One pod takes far more of a node than it asked for, the node is used up, and others on it suffer.

    Inferred, and only where metrics.k8s.io is served: the node uses 90 % of its CPUs or memory, one pod more than twice
    its request and a quarter of the node, and two pods of other workloads were evicted from it or answered their probes
    too late within the window.
    """
    usage = {item.name: item for item in cluster.pod_metrics}
    for metrics in cluster.node_metrics:
        node = cluster.node_by_name.get(metrics.name)
        if node is None:
            continue
        for resource, written in (("memory", metrics.usage.memory), ("cpu", metrics.usage.cpu)):
            used, there = amount(written), amount(node.status.allocatable.get(resource, 0))
            if used and there and used >= _USED_UP * there:
                found = _noisy(cluster, node, resource, there, usage)
                if found:
                    yield found
                    break


def _noisy(
    cluster: Snapshot, node: Node, resource: str, there: Decimal, usage: Mapping[str, PodMetrics]
) -> Finding | None:
    pods = cluster.pods_by_node.get(node.name, ())
    excess, noisy = max(
        ((_used(usage.get(pod.name), resource) - _BEYOND * requested(pod, resource), pod) for pod in pods),
        key=lambda item: item[0],
        default=(Decimal(0), None),
    )
    if noisy is None or excess <= 0 or _used(usage.get(noisy.name), resource) < _LARGE * there:
        return None
    owner = cluster.owner(noisy)
    victims = [(pod, proof) for pod in pods if cluster.owner(pod) != owner and (proof := _suffered(cluster, pod))]
    if len(victims) < _VICTIMS:
        return None
    used, asked = _used(usage.get(noisy.name), resource), requested(noisy, resource)
    told = f"{readable(resource, used)} of {readable(resource, there)}"
    subject = Subject("node", node.name)
    return Finding(
        subject=subject,
        summary=f"Pod {noisy.name} uses {told} {resource} of node {node.name} and asked for "
        f"{readable(resource, asked)}, while {len(victims)} other pods there suffer, first {victims[0][0].name}.",
        evidence=(
            Evidence(
                source=f"GET /apis/metrics.k8s.io/v1beta1/pods {noisy.name} usage.{resource}",
                value=told,
                at=cluster.taken_at,
            ),
            *(proof for _, proof in victims[:3]),
        ),
        confidence=Confidence.INFERRED,
        remedy=remedy(
            cluster, owner, f"Give {owner.kind} {owner.name} a limit and a true request, or a node of its own."
        ),
        count=len(victims),
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
