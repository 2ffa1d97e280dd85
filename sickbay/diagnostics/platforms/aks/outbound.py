"""What ails the way out of a cluster, in words: ports that are used up, or a NAT gateway that does not work."""

from collections.abc import Iterator

from sickbay.diagnostics.model import Confidence, Evidence, Finding
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot, Snat

#: A share of the ports in use from which new connections are about to fail.
_NEARLY_ALL = 0.9
#: Per cent of its time below which Azure calls a NAT gateway degraded.
_WORKS = 90.0
_BALANCER_ADDRESSES = (
    "az aks update --resource-group {group} --name {cluster} --load-balancer-managed-outbound-ip-count 3"
)
_GATEWAY_ADDRESSES = "az aks update --resource-group {group} --name {cluster} --nat-gateway-managed-outbound-ip-count 4"


def ailments(aks: Snapshot) -> Iterator[Finding]:
    """Yield what ails each way out, those that do not work before those whose ports are used up."""
    down = [snat for snat in aks.snat if snat.available is not None and snat.available < _WORKS]
    yield from (_down(aks, snat) for snat in down)
    for snat in aks.snat:
        if snat not in down and (snat.failed > 0 or snat.share >= _NEARLY_ALL):
            yield _at_gateway(aks, snat) if snat.gateway else _at_balancer(aks, snat)


def _down(aks: Snapshot, snat: Snat) -> Finding:
    worked = f"worked only {snat.available:.0f}% of" if round(snat.available or 0) else "did not work in"
    return Finding(
        subject=aks.subject,
        summary=f"NAT gateway {snat.name}, the way out of {aks.name}, {worked} the last 15 minutes: connections to the "
        "outside fail.",
        evidence=(_evidence(aks, snat, "DatapathAvailability", f"{snat.available:.0f}%"),),
        remedy=aks.remedy(
            "This is Azure's to mend, unless no machine runs in the gateway's subnets: look at the gateway's Resource "
            "Health, and open a support request."
        ),
        last_seen=aks.taken_at,
    )


def _at_balancer(aks: Snapshot, snat: Snat) -> Finding:
    used = f", at most {snat.used:.0f} of {snat.allocated:.0f} ports in use" if snat.allocated else ""
    what = (
        f"{snat.failed:.0f} outbound connections failed within the last hour for want of ports"
        if snat.failed
        else f"Outbound connections are about to fail: {snat.share:.0%} of the ports were in use within the last hour"
    )
    return Finding(
        subject=aks.subject,
        summary=f"{what} at the load balancer of {aks.name}{used}.",
        evidence=(
            _evidence(aks, snat, "SnatConnectionCount Failed", f"{snat.failed:.0f}"),
            _evidence(aks, snat, "UsedSnatPorts / AllocatedSnatPorts", f"{snat.used:.0f} / {snat.allocated:.0f}"),
        ),
        remedy=aks.remedy(
            "Use a NAT gateway, or give the load balancer more outbound addresses; let clients keep connections open.",
            _BALANCER_ADDRESSES,
        ),
        last_seen=aks.taken_at,
        count=max(1, int(snat.failed)),
    )


def _at_gateway(aks: Snapshot, snat: Snat) -> Finding:
    """Give what is inferred: a gateway does not say how many of its connections lead to the same destination."""
    ports = f", with {snat.allocated:.0f} ports to each destination" if snat.allocated else ""
    had = f"NAT gateway {snat.name} of {aks.name} had {snat.used:.0f} connections open at a time{ports}"
    what = (
        f"{snat.failed:.0f} outbound connections failed within the last hour: {had}; those to one seem used up."
        if snat.failed
        else f"Outbound connections may be about to fail: {had}; if most lead to one, it takes hardly any more."
    )
    own = aks.cluster is not None and aks.cluster.properties.network_profile.outbound_type.startswith("managed")
    return Finding(
        subject=aks.subject,
        summary=what,
        evidence=(
            _evidence(aks, snat, "SNATConnectionCount Failed", f"{snat.failed:.0f}"),
            _evidence(aks, snat, "TotalConnectionCount", f"{snat.used:.0f}"),
        ),
        confidence=Confidence.INFERRED,
        remedy=aks.remedy(
            "Let clients keep connections open, and the gateway's idle timeout be 4 minutes; else give it more public "
            "addresses, 16 at most.",
            _GATEWAY_ADDRESSES if own else None,
        ),
        last_seen=aks.taken_at,
        count=max(1, int(snat.failed)),
    )


def _evidence(aks: Snapshot, snat: Snat, metric: str, value: str) -> Evidence:
    source = f"GET {snat.resource}/providers/Microsoft.Insights/metrics {metric}"
    return Evidence(source=source, value=value, at=aks.taken_at)
