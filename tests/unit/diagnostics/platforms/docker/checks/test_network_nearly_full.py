"""DKR-N107: networks with little room left."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.network_nearly_full import network_nearly_full
from sickbay.diagnostics.platforms.docker.wire.networks import Attachment
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, network, report


def _crowd(count: int) -> dict[str, Attachment]:
    return {str(nth): Attachment(ipv4_address=f"10.0.{nth // 256}.{nth % 256}/16") for nth in range(2, count + 2)}


@pytest.mark.parametrize(("count", "found"), [(899, 0), (900, 1)])
def test_a_bridge_has_1024_ports(count: int, found: int) -> None:
    """Given a bridge, then it is nearly full from 900 endpoints on."""
    wide = network("wide", subnet="10.0.0.0/16", containers=_crowd(count))

    assert len(findings(network_nearly_full, host(networks=(wide,)))) == found


@pytest.mark.parametrize(("count", "found"), [(200, 0), (241, 1), (253, 1)])
def test_five_percent_of_the_addresses(count: int, found: int) -> None:
    """Given a /24, then it is nearly full when a twentieth of its addresses is left."""
    one = network("one", subnet="10.0.0.0/24", containers=_crowd(count))

    assert len(findings(network_nearly_full, host(networks=(one,)))) == found


def test_it_is_hygiene() -> None:
    """Given a nearly full network, then only an audit tells of it."""
    full = network("full", subnet="10.0.0.0/24", containers=_crowd(250))

    assert report(host(container(), networks=(full,))).findings == ()
    assert "DKR-N107" in [item.code for item in report(host(container(), networks=(full,), audit=True)).findings]
