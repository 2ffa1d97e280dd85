"""Pods that a drain of a cordoned node must evict, and the budgets that allow none of them to go."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import PodDisruptionBudget


class HeldUp(Struct, frozen=True):
    """A budget that allows no eviction, and its pods on cordoned nodes."""

    budget: PodDisruptionBudget
    pods: tuple[Pod, ...]

    @property
    def nodes(self) -> Sequence[str]:
        """Give the cordoned nodes."""
        return sorted({pod.spec.node_name for pod in self.pods})


def held_up(cluster: Snapshot) -> Iterator[HeldUp]:
    """Yield the budgets that hold up a drain just now."""
    to_evict = _to_evict(cluster)
    for budget in cluster.poddisruptionbudgets:
        selector = budget.spec.selector
        if budget.status.disruptions_allowed == 0 and selector:
            there = to_evict.get(budget.metadata.namespace, ())
            if pods := tuple(pod for pod in there if selector.matches(pod.metadata.labels)):
                yield HeldUp(budget, pods)


def _to_evict(cluster: Snapshot) -> Mapping[str, Sequence[Pod]]:
    """Give the pods on cordoned nodes by namespace."""
    found: dict[str, list[Pod]] = {}
    for node in cluster.nodes:
        if node.spec.unschedulable:
            for pod in cluster.pods_by_node.get(node.name, ()):
                if not pod.finished and not pod.metadata.deletion_timestamp:
                    found.setdefault(pod.metadata.namespace, []).append(pod)
    return found
