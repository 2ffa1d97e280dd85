"""Somebody's own route lets nodes not reach what AKS needs."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity
from sickbay.diagnostics.platforms.aks.faults import FaultKind
from sickbay.diagnostics.platforms.aks.pools import errors_of
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.dependencies import registry_of
from sickbay.diagnostics.platforms.kubernetes.pulls import failed_pulls
from sickbay.diagnostics.pulls import PullFault

_OWN = {
    "userDefinedRouting": "their way out is your own route table, where something seems to block a name that AKS needs",
    "none": "AKS sets up no way out for them, and yours seems to block a name that AKS needs",
    "block": "AKS blocks their way out, as it was told to, and seems to need a name that is outside",
}
_SHOWN = 12
_LIST = "az aks egress-endpoints list --resource-group {group} --name {cluster} --output table"


@check(
    "AKS-112",
    title="Way out blocked",
    severity=Severity.MEDIUM,
    remedy="Allow the names that AKS needs in the firewall that the route leads to.",
    explains=("AKS-103", "AKS-101", "K8S-P103", "K8S-N101"),
)
def egress(aks: Snapshot) -> Iterator[Finding]:
    """Nodes fail to get out, and the cluster's outbound type leaves the way out to somebody's own firewall.

    With userDefinedRouting AKS sets up no way out: each name that it needs must be allowed by hand, and a name that
    was added to the list later is blocked. That the firewall is at fault is inferred: from the set-up of nodes failing
    with OutboundConnFail, or from images of Microsoft's registry that no node reaches.
    """
    outbound = aks.cluster.properties.network_profile.outbound_type if aks.cluster else ""
    if outbound not in _OWN or not (evidence := tuple(_signs(aks))):
        return
    wanted = [
        f"{item.domain_name}:{'/'.join(str(detail.port) for detail in item.endpoint_details)}"
        for category in aks.endpoints
        for item in category.endpoints
    ]
    names = (aks.evidence("/outboundNetworkDependenciesEndpoints", "", ", ".join(wanted[:_SHOWN])),) if wanted else ()
    yield Finding(
        subject=aks.subject,
        summary=f"Nodes of {aks.name} do not get out: {_OWN[outbound]}.",
        evidence=(aks.evidence("", "properties.networkProfile.outboundType", outbound), *evidence, *names),
        confidence=Confidence.INFERRED,
        remedy=aks.remedy("Allow the nodes' subnet the names and ports that AKS needs; the command lists them.", _LIST),
        last_seen=aks.taken_at,
    )


def _signs(aks: Snapshot) -> Iterator[Evidence]:
    yield from errors_of(aks, FaultKind.OUTBOUND)
    for pod, pull in failed_pulls(aks.kubernetes) if aks.kubernetes else ():
        if registry_of(pull.image) == "mcr.microsoft.com" and pull.fault is PullFault.UNREACHED and aks.kubernetes:
            yield aks.kubernetes.evidence("pods", pod, "status.containerStatuses.state.waiting", pull.message)
            return
