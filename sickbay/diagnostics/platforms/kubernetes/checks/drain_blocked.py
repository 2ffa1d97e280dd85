"""A disruption budget keeps a node from being drained."""

from collections.abc import Iterator, Mapping, Sequence

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import PodDisruptionBudget

_SHOWN = 3


@check(
    "K8S-W107",
    title="Drain blocked",
    severity=Severity.MEDIUM,
    remedy="Run more replicas, or let the budget give up a pod while the node is drained.",
)
def drain_blocked(cluster: Snapshot) -> Iterator[Finding]:
    """A PodDisruptionBudget allows no eviction just now, while pods that it guards are on a cordoned node.

    A node is cordoned before it is drained, and each eviction asks the budget: a drain waits for ever where it allows
    none. Budgets that can never allow any are K8S-W108 while no node is cordoned.
    """
    on_cordoned = _on_cordoned(cluster)
    for budget in cluster.poddisruptionbudgets:
        status = budget.status
        if status.disruptions_allowed > 0 or budget.spec.selector is None:
            continue
        stay = [pod for pod in on_cordoned.get(budget.metadata.namespace, ()) if _guards(budget, pod)]
        if not stay:
            continue
        subject = Subject("poddisruptionbudget", budget.name)
        nodes = ", ".join(sorted({pod.spec.node_name for pod in stay})[:_SHOWN])
        ill = status.current_healthy < status.desired_healthy
        yield Finding(
            subject=subject,
            summary=f"Budget {budget.name} allows no eviction ({status.current_healthy} healthy of "
            f"{status.desired_healthy} that must stay) while {nodes} is cordoned: a drain of it waits for "
            f"{len(stay)} pod{'s' if len(stay) > 1 else ''}, first {stay[0].metadata.name}.",
            evidence=(
                cluster.evidence("poddisruptionbudgets", budget, "status.disruptionsAllowed", 0),
                *(
                    cluster.evidence("nodes", cluster.node_by_name[name], "spec.unschedulable", "true")
                    for name in sorted({pod.spec.node_name for pod in stay})[:_SHOWN]
                ),
            ),
            remedy=remedy(
                cluster,
                subject,
                "Get its unready pods ready first: until then it has none to give up."
                if ill
                else "Run one replica more than must stay, or lower minAvailable while the node is drained.",
                kubectl("describe", subject),
            ),
            count=len(stay),
        )


def _on_cordoned(cluster: Snapshot) -> Mapping[str, Sequence[Pod]]:
    """Give the pods that a drain would have to evict, by namespace."""
    found: dict[str, list[Pod]] = {}
    for node in cluster.nodes:
        if node.spec.unschedulable:
            for pod in cluster.pods_by_node.get(node.name, ()):
                if not pod.finished and not pod.metadata.deletion_timestamp:
                    found.setdefault(pod.metadata.namespace, []).append(pod)
    return found


def _guards(budget: PodDisruptionBudget, pod: Pod) -> bool:
    return budget.spec.selector is not None and budget.spec.selector.matches(pod.metadata.labels)
