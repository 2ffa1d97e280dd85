"""DKR-N105: subnets that overlap."""

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.subnets_overlap import subnets_overlap
from tests.unit.diagnostics.platforms.docker.hosts import at, container, findings, host, log, network


def test_the_engines_own_error() -> None:
    """Given a start that failed because a pool overlaps, then the error is told."""
    web = container(
        "web", status="created", error="invalid pool request: Pool overlaps with other one on this address space"
    )

    (finding,) = findings(subnets_overlap, host(web))

    assert "Pool overlaps" in finding.summary


def test_a_container_on_two_networks_that_overlap() -> None:
    """Given a container on two networks with a common part, then both are named; apart they are no matter."""
    web = container("web", networks=at("10.0.1.2", "one") | at("10.0.1.3", "other"))
    one, other = network("one", web, subnet="10.0.0.0/16"), network("other", web, subnet="10.0.1.0/24")

    (finding,) = findings(subnets_overlap, host(web, networks=(one, other)))

    assert finding.summary == "web is on one and other, whose subnets overlap, and reaches only one."
    assert findings(subnets_overlap, host(container(networks=at("10.0.1.2", "one")), networks=(one, other))) == []


def test_an_address_that_the_network_hides() -> None:
    """Given no answer from an address inside a Docker subnet that nothing here has, then it is inferred."""
    web = container("web", log=log("dial tcp 172.18.7.7:443: i/o timeout"))

    (finding,) = findings(subnets_overlap, host(web))

    assert (str(finding.subject), finding.confidence) == ("network/shop", Confidence.INFERRED)
    assert "web gets no answer from 172.18.7.7: it lies in the subnet of network shop" in finding.summary


def test_addresses_that_somebody_has() -> None:
    """Given no answer from a container, a gateway or an address of no Docker network, then no subnet is to blame."""
    db = container("db", networks=at("172.18.0.3"))
    for address in ("172.18.0.3", "172.18.0.1", "10.9.9.9"):
        web = container("web", log=log(f"dial tcp {address}:443: i/o timeout"))
        assert findings(subnets_overlap, host(web, db)) == []
