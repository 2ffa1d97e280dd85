"""A disruption budget keeps a node from being drained."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.drains import held_up
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_SHOWN = 3
_CURE = "Run one replica more than must stay, or lower minAvailable while the node is drained."
_CURE_OF_ILL = "Get its unready pods ready first: until then it has none to give up."


@check(
    "K8S-W107",
    title="Drain blocked",
    severity=Severity.MEDIUM,
    remedy="Run more replicas, or let the budget give up a pod while the node is drained.",
    explains=("AKS-111",),
)
def drain_blocked(cluster: Snapshot) -> Iterator[Finding]:
    """A PodDisruptionBudget allows no eviction just now, while pods that it guards are on a cordoned node.

    A node is cordoned before it is drained, and each eviction asks the budget: a drain waits for ever where it allows
    none. Budgets that can never allow any are K8S-W108 while no node is cordoned.
    """
    for found in held_up(cluster):
        budget, pods, status = found.budget, found.pods, found.budget.status
        subject = Subject("poddisruptionbudget", budget.name)
        nodes = [cluster.node_by_name[name] for name in found.nodes[:_SHOWN]]
        ill = status.current_healthy < status.desired_healthy
        yield Finding(
            subject=subject,
            summary=f"Budget {budget.name} allows no eviction ({status.current_healthy} healthy of "
            f"{status.desired_healthy} that must stay) while {', '.join(found.nodes[:_SHOWN])} is cordoned: a drain of "
            f"it waits for {len(pods)} pod{'s' if len(pods) > 1 else ''}, first {pods[0].metadata.name}.",
            evidence=(
                cluster.evidence("poddisruptionbudgets", budget, "status.disruptionsAllowed", 0),
                *(cluster.evidence("nodes", node, "spec.unschedulable", "true") for node in nodes),
            ),
            remedy=remedy(cluster, subject, _CURE_OF_ILL if ill else _CURE, kubectl("describe", subject)),
            count=len(pods),
        )
