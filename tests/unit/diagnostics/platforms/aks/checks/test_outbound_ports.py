"""AKS-106: outbound ports that are used up."""

import pytest

from sickbay.diagnostics.platforms.aks.checks.outbound_ports import outbound_ports
from sickbay.diagnostics.platforms.aks.snapshot import Snat
from tests.unit.diagnostics.platforms.aks.azure import aks, findings


def test_failed_connections_are_told_with_the_ports() -> None:
    """Given connections that failed, when judged, then how many and how many ports were in use is told."""
    (found,) = findings(outbound_ports, aks(snat=Snat(failed=1250, used=1020, allocated=1024)))

    assert found.summary == (
        "1250 outbound connections failed within the last hour for want of ports at the load balancer of prod, at most "
        "1020 of 1024 ports in use."
    )
    assert found.count == 1250


def test_almost_all_ports_in_use_is_told() -> None:
    """Given 95 % of the ports in use and no failure yet, when judged, then it is told as about to fail."""
    (found,) = findings(outbound_ports, aks(snat=Snat(used=973, allocated=1024)))

    assert found.summary.startswith("Outbound connections are about to fail: 95% of the ports")


@pytest.mark.parametrize("snat", [None, Snat(), Snat(used=500, allocated=1024)])
def test_enough_ports_are_no_finding(snat: Snat | None) -> None:
    """Given no metrics, none that say anything, or ports enough, when judged, then nothing is found."""
    assert findings(outbound_ports, aks(snat=snat)) == []
