"""Outbound connections fail for want of ports, or since a NAT gateway does not work."""

from collections.abc import Iterator

from msgspec.structs import replace

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.aks.outbound import ailments
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot


@check(
    "AKS-106",
    title="Outbound connections fail",
    severity=Severity.HIGH,
    remedy="Give the cluster more outbound ports: a NAT gateway, more outbound addresses, or more ports a node.",
    explains=("REG-101", "K8S-P103", "K8S-P101", "K8S-P108"),
)
def outbound_ports(aks: Snapshot) -> Iterator[Finding]:
    """The load balancer or NAT gateway through which nodes and pods get out has no source ports left, or does not work.

    Each outbound connection to one destination takes a port (SNAT); without a free one it times out, to registries and
    databases alike. At a load balancer each node has its share: failed connections within the last hour prove that it
    is used up; 90 % of the ports in use is about to. A NAT gateway has 64,512 ports for each of its addresses, and each
    once for every destination: what is inferred from failed connections, or from as many open as 90 % of that. Many
    short connections to the same address, without keep-alive or pooling, are the usual reason. A gateway whose data
    path was there less than 90 % of the last 15 minutes is degraded, as Azure itself counts.
    """
    found = tuple(ailments(aks))
    if found:
        yield replace(found[0], evidence=tuple(evidence for item in found for evidence in item.evidence))
