"""Outbound connections fail for want of ports."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

#: A share of the ports in use from which new connections are about to fail.
_NEARLY_ALL = 0.9
_SOURCE = "GET loadBalancers/kubernetes/providers/Microsoft.Insights/metrics"


@check(
    "AKS-106",
    title="Outbound ports used up",
    severity=Severity.HIGH,
    remedy="Give the cluster more outbound ports: a NAT gateway, more outbound addresses, or more ports a node.",
    explains=("REG-101", "K8S-P103", "K8S-P101", "K8S-P108"),
)
def outbound_ports(aks: Snapshot) -> Iterator[Finding]:
    """The load balancer through which nodes and pods get out has no source ports left (SNAT port exhaustion).

    Each outbound connection to one destination takes a port of a node's share; without a free one it times out, to
    registries and databases alike. Failed SNAT connections within the last hour prove it; 90 % of the ports in use is
    about to. Many short connections to the same address, without keep-alive or pooling, are the usual reason.
    """
    snat = aks.snat
    if snat is None or not (snat.failed > 0 or snat.share >= _NEARLY_ALL):
        return
    used = f", at most {snat.used:.0f} of {snat.allocated:.0f} ports in use" if snat.allocated else ""
    what = (
        f"{snat.failed:.0f} outbound connections failed within the last hour for want of ports"
        if snat.failed
        else f"Outbound connections are about to fail: {snat.share:.0%} of the ports were in use within the last hour"
    )
    yield Finding(
        subject=aks.subject,
        summary=f"{what} at the load balancer of {aks.name}{used}.",
        evidence=(
            Evidence(source=f"{_SOURCE} SnatConnectionCount Failed", value=f"{snat.failed:.0f}", at=aks.taken_at),
            Evidence(
                source=f"{_SOURCE} UsedSnatPorts / AllocatedSnatPorts",
                value=f"{snat.used:.0f} / {snat.allocated:.0f}",
                at=aks.taken_at,
            ),
        ),
        remedy=aks.remedy(
            "Use a NAT gateway, or give the load balancer more outbound addresses; let clients keep connections open.",
            "az aks update --resource-group {group} --name {cluster} --load-balancer-managed-outbound-ip-count 3",
        ),
        last_seen=aks.taken_at,
        count=max(1, int(snat.failed)),
    )
