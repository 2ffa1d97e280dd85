"""The autoscaler may add no more nodes."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

_SHOW = "az aks nodepool show --resource-group {group} --cluster-name {cluster} --name {pool} --query maxCount"


@check(
    "AKS-110",
    title="Node pool at its maximum",
    severity=Severity.MEDIUM,
    remedy="Raise the pool's maximum, or make its pods ask for less.",
    explains=("K8S-P104",),
)
def at_maximum(aks: Snapshot) -> Iterator[Finding]:
    """Pods wait for a node while a node pool that scales itself has as many as it may have.

    The count comes from Azure and the waiting pods from Kubernetes; that a node more of this pool would take them is
    inferred. A pool at its maximum without pods that wait is as it should be.
    """
    for pool in aks.pools if aks.waiting else ():
        most, count = pool.properties.max_count, pool.properties.count
        if pool.properties.enable_auto_scaling and 0 < most <= count:
            yield Finding(
                subject=aks.pool_subject(pool),
                summary=f"Node pool {pool.name} has all of the {most} nodes that its autoscaler may add, while "
                f"{aks.waits}, first {aks.waiting[0].name}.",
                evidence=(aks.pool_evidence(pool, "properties.count / maxCount", f"{count} / {most}"),),
                confidence=Confidence.INFERRED,
                remedy=aks.remedy(
                    "Raise the maximum, if quota and subnet have room, or make the pods ask for less.", _SHOW, pool=pool
                ),
                last_seen=aks.taken_at,
                count=len(aks.waiting),
            )
