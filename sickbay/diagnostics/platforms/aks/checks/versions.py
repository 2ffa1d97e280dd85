"""A cluster runs a version that AKS does not support any more, or its pools are out of step."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

_UPGRADES = "az aks get-upgrades --resource-group {group} --name {cluster} --output table"
_UPGRADE_POOL = (
    "az aks nodepool upgrade --resource-group {group} --cluster-name {cluster} --name {pool} "
    "--kubernetes-version {version}"
)
#: With long-term support a version is kept that is not offered to others.
_LONG_TERM = "AKSLongTermSupport"


@check(
    "AKS-104",
    title="Version not supported or out of step",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Upgrade the control plane one minor version at a time, then the node pools.",
)
def versions(aks: Snapshot) -> Iterator[Finding]:
    """AKS does not list the cluster's minor version for its region any more, or a node pool runs another minor one.

    Out of support, AKS may upgrade the cluster by itself, and it gets no fixes. A pool may be up to
    three minor versions behind its control plane; one that lags misses its fixes, and stops the next upgrade some day.
    """
    cluster = aks.cluster
    if cluster is None or not cluster.version:
        return
    minor, offered = _minor(cluster.version), {item.version for item in aks.versions}
    if offered and minor not in offered and cluster.properties.support_plan != _LONG_TERM:
        yield Finding(
            subject=aks.subject,
            summary=f"AKS does not support Kubernetes {cluster.version} in {cluster.location} any more: it "
            "gets no fixes, and AKS may upgrade the cluster by itself.",
            evidence=(
                aks.evidence("", "properties.currentKubernetesVersion", cluster.version),
                Evidence(
                    source=f"GET locations/{cluster.location}/kubernetesVersions",
                    value=", ".join(sorted(offered)),
                    at=aks.taken_at,
                ),
            ),
            remedy=aks.remedy("Upgrade one minor version at a time, control plane first.", _UPGRADES),
        )
    for pool in aks.pools:
        if pool.version and _minor(pool.version) != minor:
            yield Finding(
                subject=aks.pool_subject(pool),
                summary=f"Node pool {pool.name} runs Kubernetes {pool.version}, its control plane {cluster.version}.",
                evidence=(aks.pool_evidence(pool, "properties.currentOrchestratorVersion", pool.version),),
                remedy=aks.remedy("Upgrade the pool.", _UPGRADE_POOL, pool=pool),
            )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])
