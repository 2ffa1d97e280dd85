"""A node pool gets no more nodes while pods wait for one."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.aks.growth import halts
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot


@check(
    "AKS-110",
    title="Node pool does not grow",
    severity=Severity.MEDIUM,
    remedy="Raise the pool's maximum, or make its pods ask for less.",
    explains=("K8S-P104",),
)
def at_maximum(aks: Snapshot) -> Iterator[Finding]:
    """Pods wait for a node while a node pool that scales itself has as many as it may have, or was given none.

    The count comes from Azure, and from what the cluster autoscaler tells in the ConfigMap cluster-autoscaler-status,
    where that may be read; there stands too, as Backoff, that Azure refused a node, and why. The waiting pods come from
    Kubernetes; that a node more of this pool would take them is inferred. A pool at its maximum without pods that wait
    is as it should be.
    """
    for halt in halts(aks):
        yield Finding(
            subject=aks.pool_subject(halt.pool),
            summary=f"Node pool {halt.pool.name} {halt.why}, while {aks.waits}.",
            evidence=halt.evidence,
            confidence=Confidence.INFERRED,
            remedy=halt.remedy,
            last_seen=aks.taken_at,
            count=len(aks.waiting),
        )
