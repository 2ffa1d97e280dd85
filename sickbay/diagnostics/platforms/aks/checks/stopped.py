"""A cluster, or a node pool that is needed, is stopped."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

_STOPPED = "Stopped"
_START = "az aks start --resource-group {group} --name {cluster}"
_START_POOL = "az aks nodepool start --resource-group {group} --cluster-name {cluster} --nodepool-name {pool}"


@check(
    "AKS-102",
    title="Stopped",
    severity=Severity.HIGH,
    remedy="Start the cluster: az aks start.",
    explains=("K8S-X101", "K8S-P104", "AKS-113"),
)
def stopped(aks: Snapshot) -> Iterator[Finding]:
    """The cluster's power state is Stopped: it has no API server and no nodes, and its address may not even resolve.

    Somebody, or a schedule, stopped it; the activity log tells who. A stopped node pool counts only while pods wait for
    a node: that one of it would take them is inferred.
    """
    cluster = aks.cluster
    if cluster and cluster.properties.power_state.code == _STOPPED:
        yield Finding(
            subject=aks.subject,
            summary=f"AKS cluster {aks.name} is stopped: until it is started, it has neither API server nor nodes.",
            evidence=(aks.evidence("", "properties.powerState.code", _STOPPED),),
            remedy=aks.remedy("Start it; find out first who stopped it, and whether that was meant.", _START),
            last_seen=aks.taken_at,
        )
        return
    for pool in aks.pools if aks.waiting else ():
        if pool.properties.power_state.code == _STOPPED:
            yield Finding(
                subject=aks.pool_subject(pool),
                summary=f"Node pool {pool.name} is stopped while {aks.waits}.",
                evidence=(aks.pool_evidence(pool, "properties.powerState.code", _STOPPED),),
                confidence=Confidence.INFERRED,
                remedy=aks.remedy("Start the pool, if its nodes are meant for them.", _START_POOL, pool=pool),
                last_seen=aks.taken_at,
            )
