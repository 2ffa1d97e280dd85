"""The API server lets only some networks in, and Sickbay stands outside."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.snapshot import Obstacle

_NETWORK = frozenset({Obstacle.TIMEOUT, Obstacle.REFUSED, Obstacle.NAME, Obstacle.OTHER})
_SHOWN = 5


@check(
    "AKS-108",
    title="API server shut off",
    severity=Severity.HIGH,
    remedy="Let a worker of the cluster's network diagnose it, or add its address to the authorised ranges.",
    explains=("K8S-X101",),
)
def api_shut_off(aks: Snapshot) -> Iterator[Finding]:
    """Sickbay gets no connection to the API server of a cluster that is private or has authorised address ranges.

    Such an API server answers only from its virtual network, what is peered with it and sees its private DNS zone, or
    from the ranges. That Sickbay's worker stands outside is inferred from both; people and pipelines outside see the
    same. It says nothing of the cluster's health.
    """
    cluster, held = aks.cluster, aks.kubernetes
    if cluster is None or held is None or held.unreachable is None or held.unreachable.obstacle not in _NETWORK:
        return
    access = cluster.properties.api_server_access_profile
    if cluster.properties.power_state.code == "Stopped" or not (
        access.enable_private_cluster or access.authorized_ip_ranges
    ):
        return
    private = access.enable_private_cluster
    ranges = ", ".join(access.authorized_ip_ranges[:_SHOWN])
    wall = "the cluster is private" if private else f"it lets only {ranges} in"
    field = "enablePrivateCluster" if private else "authorizedIPRanges"
    yield Finding(
        subject=aks.subject,
        summary=f"The API server of {aks.name} gives Sickbay no connection ({held.unreachable.obstacle}), and {wall}: "
        "the worker seems to stand outside.",
        evidence=(
            aks.evidence("", f"properties.apiServerAccessProfile.{field}", "true" if private else ranges),
            Evidence(source=f"GET /version at {held.address}", value=held.unreachable.message, at=aks.taken_at),
        ),
        confidence=Confidence.INFERRED,
        remedy=aks.remedy(
            "Run a worker in the cluster's network and give the target its zone; names need the private DNS zone there."
            if private
            else "Add the worker's outbound address to the authorised ranges, or run a worker within them."
        ),
        last_seen=aks.taken_at,
    )
