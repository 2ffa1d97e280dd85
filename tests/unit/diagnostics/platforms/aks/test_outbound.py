"""How nodes get out: by the load balancer, by NAT gateways of AKS or of one's own, or by one's own route."""

import pytest

from sickbay.diagnostics.platforms.aks.facts import Snat
from tests.unit.diagnostics.platforms.aks.arm import BALANCER, GATEWAYS, METRICS, Arm, listed, refusal
from tests.unit.diagnostics.platforms.aks.azure import GROUP, PODS, SUBNET, pool_fields
from tests.unit.diagnostics.platforms.aks.conftest import Read
from tests.unit.diagnostics.platforms.loopback import answer

OWN = f"{GROUP}/providers/Microsoft.Network/natGateways/out"


def by(arm: Arm, outbound: str) -> None:
    """Let the nodes get out so."""
    arm.cluster(networkProfile={"outboundType": outbound})


@pytest.mark.parametrize("outbound", ["managedNATGateway", "managedNATGatewayV2"])
def test_the_gateways_that_aks_made_are_read(arm: Arm, read: Read, outbound: str) -> None:
    """Given a NAT gateway of AKS with two addresses, when read, then its connections and ports are there."""
    by(arm, outbound)
    arm.routes[GATEWAYS] = listed(arm.gateway(addresses=2, failed=7, used=4000, available=(None, 100, 90)))

    snapshot = read()

    assert snapshot.snat == (Snat(resource="natGateways/nat", failed=7, used=4000, allocated=129024, available=95),)
    assert [asked for asked in arm.requests if asked.path.startswith(BALANCER)] == []
    assert [gap.what for gap in snapshot.gaps] == ["the Kubernetes part of the cluster"]


def test_a_gateway_of_ones_own_is_found_by_the_subnets_once(arm: Arm, read: Read) -> None:
    """Given two pools and a pod subnet that get out by one gateway, when read, then it is read once."""
    by(arm, "userAssignedNATGateway")
    arm.pools(pool_fields("one"), pool_fields("two", podSubnetID=PODS))
    made = arm.gateway(OWN)
    arm.routes[SUBNET] = answer({"properties": {"natGateway": made}})
    arm.routes[PODS] = answer({"properties": {"natGateway": {"id": OWN.replace("/out", "/OUT")}}})

    assert [snat.resource for snat in read().snat] == ["natGateways/out"]
    assert len([asked for asked in arm.requests if asked.path.lower() == OWN.lower()]) == 1


def test_only_the_last_quarter_of_an_hour_counts_as_now(arm: Arm, read: Read) -> None:
    """Given a gateway that was down an hour ago and works now, when read, then it counts as working."""
    by(arm, "managedNATGateway")
    arm.routes[GATEWAYS] = listed(arm.gateway(available=[0] * 40 + [100] * 15))

    (snat,) = read().snat

    assert snat.available == 100


def test_what_prefixes_hold_is_not_guessed(arm: Arm, read: Read) -> None:
    """Given a gateway with a prefix of addresses and no metrics of its state, when read, then both are unknown."""
    by(arm, "managedNATGateway")
    arm.routes[GATEWAYS] = listed(arm.gateway(prefixes=1, available=()))

    (snat,) = read().snat

    assert (snat.allocated, snat.share, snat.available) == (0, 0, None)


@pytest.mark.parametrize(
    ("denied", "outbound", "action"),
    [
        (GATEWAYS, "managedNATGateway", "Microsoft.Network/natGateways/read"),
        (SUBNET, "userAssignedNATGateway", "Microsoft.Network/virtualNetworks/subnets/read"),
        (OWN, "userAssignedNATGateway", "Microsoft.Network/natGateways/read"),
        (METRICS.replace(BALANCER, OWN), "userAssignedNATGateway", "Microsoft.Insights/metrics/read"),
    ],
)
def test_each_refusal_is_a_gap_with_what_it_takes(
    arm: Arm, read: Read, denied: str, outbound: str, action: str
) -> None:
    """Given one of the calls denied, when read, then the gap names its action, and nothing is told of the way out."""
    by(arm, outbound)
    arm.routes[SUBNET] = answer({"properties": {"natGateway": arm.gateway(OWN)}})
    arm.routes[denied] = refusal(403, "AuthorizationFailed", "no")

    snapshot = read()

    assert snapshot.snat == ()
    assert [gap for gap in snapshot.gaps if action in gap.reason]


def test_a_subnet_without_a_gateway_tells_of_none(arm: Arm, read: Read) -> None:
    """Given a subnet that names no gateway, when read, then there is none, and no gap either."""
    by(arm, "userAssignedNATGateway")
    arm.routes[SUBNET] = answer({"properties": {"natGateway": None}})

    assert read().snat == ()


@pytest.mark.parametrize("outbound", ["userDefinedRouting", "none", "block"])
def test_ones_own_route_is_not_measured(arm: Arm, read: Read, outbound: str) -> None:
    """Given a route of one's own, when read, then no metrics are asked for."""
    by(arm, outbound)

    assert read().snat == ()
    assert [asked for asked in arm.requests if asked.path.endswith("/metrics")] == []
