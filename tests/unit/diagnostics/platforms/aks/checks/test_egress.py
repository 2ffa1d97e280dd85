"""AKS-112: somebody's own way out that is blocked."""

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.aks.checks.egress import egress
from sickbay.diagnostics.platforms.aks.wire.clusters import OutboundEndpoints
from tests.unit.diagnostics.platforms.aks.azure import aks, error, findings, managed, pool, refused, shaped
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster

OWN_ROUTE = managed(networkProfile={"outboundType": "userDefinedRouting"})
STUCK = pool(
    provisioningState="Failed", status=error("VMExtensionProvisioningError", "OutBoundConnFail exit status=50")
)
NEEDED = shaped(OutboundEndpoints, {
    "category": "images",
    "endpoints": [{"domainName": "mcr.microsoft.com", "endpointDetails": [{"port": 443, "protocol": "Https"}]}],
})  # fmt: skip


def test_nodes_that_do_not_get_out_by_ones_own_route_name_what_they_need() -> None:
    """Given a route of one's own and nodes that do not get out, when judged, then the needed names are evidence."""
    (found,) = findings(egress, aks(cluster=OWN_ROUTE, pools=[STUCK], endpoints=(NEEDED,)))

    assert found.confidence is Confidence.INFERRED
    assert "their way out is your own route table" in found.summary
    assert found.evidence[-1].value == "mcr.microsoft.com:443"


@pytest.mark.parametrize(
    ("outbound", "said"), [("none", "AKS sets up no way out for them"), ("block", "AKS blocks their way out")]
)
def test_clusters_without_a_way_out_are_told_as_such(outbound: str, said: str) -> None:
    """Given a cluster that AKS was told to give no way out, when its nodes do not get out, then that is told."""
    (found,) = findings(egress, aks(cluster=managed(networkProfile={"outboundType": outbound}), pools=[STUCK]))

    assert said in found.summary


def test_images_of_microsofts_registry_tell_too() -> None:
    """Given a pod whose image of Microsoft's registry no node reaches, when judged, then it is the evidence."""
    message = "dial tcp 150.171.69.10:443: i/o timeout"
    held = cluster(refused("mcr.microsoft.com/oss/kubernetes/pause:3.9", message))

    (found,) = findings(egress, aks(cluster=OWN_ROUTE, kubernetes=held))

    assert found.evidence[1].value == message


def test_a_route_of_ones_own_alone_is_no_fault() -> None:
    """Given a route of one's own and nothing that fails, when judged, then nothing is found."""
    assert findings(egress, aks(cluster=OWN_ROUTE, kubernetes=cluster())) == []


def test_a_load_balancers_way_out_is_not_ones_own() -> None:
    """Given nodes that do not get out through a load balancer, when judged, then AKS-103 alone tells."""
    assert findings(egress, aks(pools=[STUCK])) == []
