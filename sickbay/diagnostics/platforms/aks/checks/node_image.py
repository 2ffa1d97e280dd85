"""A node pool's machines run an old image."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

_UPGRADE = "az aks nodepool upgrade --resource-group {group} --cluster-name {cluster} --name {pool} --node-image-only"


@check(
    "AKS-105",
    title="Old node image",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Upgrade the node image, and let a maintenance window and the channel NodeImage do it from then on.",
)
def node_image(aks: Snapshot) -> Iterator[Finding]:
    """A newer node image is there than the one that a pool's machines were made from: kernel and kubelet lack fixes.

    AKS makes new images weekly and mends CVEs of the system and the container runtime by them alone.
    """
    for pool in aks.pools:
        latest, used = aks.latest_images.get(pool.name, ""), pool.properties.node_image_version
        if latest and used and latest != used:
            yield Finding(
                subject=aks.pool_subject(pool),
                summary=f"Node pool {pool.name} runs the node image {used}; {latest} is there.",
                evidence=(
                    aks.pool_evidence(pool, "properties.nodeImageVersion", used),
                    aks.evidence(
                        f"/agentPools/{pool.name}/upgradeProfiles/default", "properties.latestNodeImageVersion", latest
                    ),
                ),
                remedy=aks.remedy(
                    "Upgrade the node image; nodes are drained one after the other.", _UPGRADE, pool=pool
                ),
            )
