"""An upgrade does not get through, since nodes are not drained."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.upgrades import blocked, settings

_CURE = (
    "Let the budget give up a pod (one replica more, or a lower minimum), then upgrade again; the pool's "
    "undrainable-node-behavior Cordon lets the other nodes go on."
)


@check(
    "AKS-111",
    title="Upgrade blocked",
    severity=Severity.MEDIUM,
    remedy="Let disruption budgets give up a pod, raise the drain timeout or max surge, then start the upgrade again.",
    explains=("AKS-101", "K8S-N104"),
)
def upgrade_blocked(aks: Snapshot) -> Iterator[Finding]:
    """An upgrade failed, or waits, because the pods of a node may not be evicted.

    AKS drains each node within the pool's drain timeout (30 minutes unless set); a disruption budget that allows no
    eviction lets that run out, and the upgrade fails with UpgradeFailed or PodDrainFailure. While it is still on its
    way, budgets that hold up cordoned nodes of a pool in state Upgrading tell that it waits.
    """
    for item in blocked(aks):
        pool = item.pool
        yield Finding(
            subject=aks.pool_subject(pool) if pool else aks.subject,
            summary=f"The upgrade of {f'node pool {pool.name}' if pool else f'AKS cluster {aks.name}'} {item.what}.",
            evidence=(*item.evidence, *((settings(aks, pool),) if pool else ())),
            remedy=aks.remedy(_CURE, "kubectl get poddisruptionbudgets --all-namespaces"),
            last_seen=aks.taken_at,
        )
