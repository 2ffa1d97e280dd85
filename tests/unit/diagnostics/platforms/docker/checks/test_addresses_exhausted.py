"""DKR-N104: networks that have no address left."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.docker.addresses import room
from sickbay.diagnostics.platforms.docker.checks.addresses_exhausted import addresses_exhausted
from sickbay.diagnostics.platforms.docker.wire.networks import (
    AddressPool,
    Ipam,
    IpamStatus,
    NetworkStatus,
    SubnetStatus,
)
from tests.unit.diagnostics.platforms.docker.hosts import at, container, findings, host, network, report

ERROR = "no available IPv4 addresses on this network's address pools: tiny (be30365c929d)"


def test_a_full_network() -> None:
    """Given a /30 whose one address is taken, when a second container is refused, then network and count are told."""
    first = container("first", networks=at("10.77.0.2", "tiny"))
    second = container("second", status="created", error=ERROR, networks=at("", "tiny"))
    tiny = network("tiny", first, subnet="10.77.0.0/30")

    judged = report(host(first, second, networks=(tiny,)))

    assert [(item.code, item.subject) for item in judged.findings] == [
        ("DKR-N104", "network/tiny"),
        ("DKR-C106", "container/second"),
    ]
    assert judged.findings[0].summary == (
        "Network tiny has 0 of 1 addresses left (10.77.0.0/30): second could not start for want of one."
    )


def test_podman_does_not_name_the_network() -> None:
    """Given Podman's words, which name none, then it is the container's own network."""
    error = "IPAM error: failed to find free IP in range: 10.77.0.2 - 10.77.0.2"
    second = container("second", status="created", error=error, networks=at("", "tiny"))

    (finding,) = findings(addresses_exhausted, host(second, networks=()))

    assert finding.summary == "Network tiny has no address left: second could not start for want of one."


def test_no_subnet_left() -> None:
    """Given that no subnet is left for a new network, then the engine's pools are to be widened."""
    error = "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network"
    (finding,) = findings(addresses_exhausted, host(container("web", status="created", error=error)))

    assert str(finding.subject) == "host/host-7"
    assert finding.remedy is not None
    assert "default-address-pools" in finding.remedy.text


def test_addresses_that_came_back() -> None:
    """Given an error of before and addresses left now, then it is said that another start may do."""
    second = container("second", status="created", error=ERROR, networks=at("", "tiny"))

    (finding,) = findings(addresses_exhausted, host(second, networks=(network("tiny", subnet="10.77.0.0/30"),)))

    assert "since then some were given back" in finding.summary


def test_small_networks_that_are_full_are_well() -> None:
    """Given a /30 in full use and nobody who was refused, then nothing is said, even in an audit."""
    first = container("first", networks=at("10.77.0.2", "tiny"))
    full = network("tiny", first, subnet="10.77.0.0/30")

    assert report(host(first, networks=(full,), audit=False)).findings == ()
    assert findings(addresses_exhausted, host(container(error=ERROR))) == []


@pytest.mark.parametrize(
    ("pool", "total"),
    [
        (AddressPool(subnet="10.0.0.0/24", gateway="10.0.0.1"), 253),
        (AddressPool(subnet="10.0.0.0/24"), 253),
        (AddressPool(subnet="10.0.0.0/24", gateway="10.0.0.1", ip_range="10.0.0.32/32"), 1),
        (AddressPool(subnet="10.0.0.0/24", gateway="10.0.0.1", ip_range="10.0.0.0/29"), 6),
        (AddressPool(subnet="10.0.0.0/24", gateway="10.0.0.1", reserved={"router": "10.0.0.9"}), 252),
        (AddressPool(subnet="10.0.0.0/31", gateway="10.0.0.0"), 1),
    ],
)
def test_addresses_are_counted(pool: AddressPool, total: int) -> None:
    """Given a subnet with a range, a gateway and addresses set aside, then what is left for containers is counted."""
    counted = room(network("tiny", ipam=Ipam(driver="default", config=(pool,))))

    assert counted is not None
    assert (counted.free, counted.total) == (total, total)


def test_the_engines_own_count_goes_first() -> None:
    """Given an engine that tells how many are left, then that is believed, also of containers on other hosts."""
    told = NetworkStatus(ipam=IpamStatus(subnets={"10.0.0.0/24": SubnetStatus(in_use=250, available=6)}))

    counted = room(network("wide", subnet="10.0.0.0/24", status=told))

    assert counted is not None
    assert (counted.free, counted.total, counted.source) == (6, 256, "GET /networks/wide Status.IPAM")


@pytest.mark.parametrize("differs", [{"containers": None}, {"ipam": Ipam()}, {"ipam": Ipam(driver="weave")}])
def test_what_cannot_be_counted_is_not(differs: dict[str, Any]) -> None:
    """Given a network that was not inspected, or whose addresses come from elsewhere, then there is no count."""
    assert room(network("odd", **differs)) is None
