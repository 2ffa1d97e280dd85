"""AKS-106: outbound connections that fail."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.aks.checks.outbound_ports import outbound_ports
from sickbay.diagnostics.platforms.aks.snapshot import Snat
from tests.unit.diagnostics.platforms.aks.azure import aks, findings, managed


def balancer(**more: Any) -> tuple[Snat, ...]:
    return (Snat(resource="loadBalancers/kubernetes", **more),)


def gateway(name: str = "nat", **more: Any) -> tuple[Snat, ...]:
    return (Snat(resource=f"natGateways/{name}", **{"allocated": 64512, "available": 100.0, **more}),)


def test_failed_connections_are_told_with_the_ports() -> None:
    """Given connections that failed, when judged, then how many and how many ports were in use is told."""
    (found,) = findings(outbound_ports, aks(snat=balancer(failed=1250, used=1020, allocated=1024)))

    assert found.summary == (
        "1250 outbound connections failed within the last hour for want of ports at the load balancer of prod, at most "
        "1020 of 1024 ports in use."
    )
    assert found.count == 1250


def test_almost_all_ports_in_use_is_told() -> None:
    """Given 95 % of the ports in use and no failure yet, when judged, then it is told as about to fail."""
    (found,) = findings(outbound_ports, aks(snat=balancer(used=973, allocated=1024)))

    assert found.summary.startswith("Outbound connections are about to fail: 95% of the ports")


def test_failures_at_a_gateway_are_told_and_their_reason_inferred() -> None:
    """Given connections that failed at a gateway of AKS, when judged, then its ports are told as seeming used up."""
    outbound = managed(networkProfile={"outboundType": "managedNATGateway"})

    (found,) = findings(outbound_ports, aks(cluster=outbound, snat=gateway(failed=31, used=52000)))

    assert found.summary == (
        "31 outbound connections failed within the last hour: NAT gateway nat of prod had 52000 connections open at a "
        "time, with 64512 ports to each destination; those to one seem used up."
    )
    assert (found.confidence, found.count) == (Confidence.INFERRED, 31)
    assert found.remedy is not None
    assert str(found.remedy.command).endswith("--nat-gateway-managed-outbound-ip-count 4")


def test_a_gateway_of_ones_own_has_no_command_of_aks() -> None:
    """Given almost as many open connections as ports at a gateway of one's own, then AKS cannot enlarge it."""
    outbound = managed(networkProfile={"outboundType": "userAssignedNATGateway"})

    (found,) = findings(outbound_ports, aks(cluster=outbound, snat=gateway(used=60000)))

    assert found.summary.startswith("Outbound connections may be about to fail: NAT gateway nat of prod had 60000")
    assert found.remedy is not None
    assert found.remedy.command is None


def test_a_gateway_that_never_worked_is_told_without_a_share() -> None:
    """Given a gateway that was not there at all, when judged, then it is told so, and not as 0 %."""
    (found,) = findings(outbound_ports, aks(snat=gateway(available=0.0)))

    assert "the way out of prod, did not work in the last 15 minutes" in found.summary


def test_a_gateway_that_does_not_work_stands_first() -> None:
    """Given a gateway without ports and one that is down, when judged, then one finding tells of the latter first."""
    ill = (*gateway("busy", failed=3), *gateway("down", failed=9, available=40.0))

    (found,) = findings(outbound_ports, aks(snat=ill))

    assert found.summary == (
        "NAT gateway down, the way out of prod, worked only 40% of the last 15 minutes: connections to the outside "
        "fail."
    )
    assert [item.value for item in found.evidence] == ["40%", "3", "0"]
    assert found.confidence is Confidence.OBSERVED


@pytest.mark.parametrize(
    "snat",
    [
        (),
        balancer(),
        balancer(used=500, allocated=1024),
        gateway(used=30000),
        gateway(used=500000, allocated=0, available=None),
        gateway(available=90.0),
    ],
)
def test_enough_ports_are_no_finding(snat: tuple[Snat, ...]) -> None:
    """Given no metrics, none that say anything, or ports enough, when judged, then nothing is found."""
    assert findings(outbound_ports, aks(snat=snat)) == []
