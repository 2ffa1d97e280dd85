"""DKR-N108: endpoints whose container is gone."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.endpoint_left_behind import endpoint_left_behind
from sickbay.diagnostics.platforms.docker.wire.networks import Attachment
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, network

LOST = {"ep-77aa": Attachment(name="old-web", endpoint_id="77aa", ipv4_address="172.18.0.9/16")}


def test_an_endpoint_without_a_container() -> None:
    """Given a network that lists an endpoint of no container, then the command that frees it is given."""
    (finding,) = findings(endpoint_left_behind, host(networks=(network("shop", containers=LOST),)))

    assert finding.summary == "Network shop keeps 1 endpoint without a container (old-web)."
    assert finding.remedy is not None
    assert finding.remedy.command == "docker network disconnect --force shop old-web"


@pytest.mark.parametrize(
    "error",
    [
        "endpoint with name web already exists in network shop",
        "x: endpoint with name web already exists in network shop.",
    ],
)
def test_a_name_that_is_taken(error: str) -> None:
    """Given a start that failed because the name is still on the network, then the container's finding frees it."""
    web = container("web", status="exited", exit_code=128, error=error)

    (finding,) = findings(endpoint_left_behind, host(web))

    assert finding.summary == "web cannot start: network shop still has an endpoint of the name web."


def test_networks_across_hosts_and_living_endpoints() -> None:
    """Given endpoints of containers, or of a network that spans hosts, then nothing is left behind."""
    web = container("web")

    assert findings(endpoint_left_behind, host(web)) == []
    assert findings(endpoint_left_behind, host(networks=(network("over", scope="swarm", containers=LOST),))) == []
