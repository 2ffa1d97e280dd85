"""K8S-N109: clocks of nodes that are ahead."""

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.platforms.kubernetes.checks.node_clock import node_clock
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings, lease, node


def test_a_lease_from_the_future_tells_a_clock_that_is_ahead() -> None:
    """Given a lease renewed three minutes after the API server's now, when judged, then the node's clock is ahead."""
    (found,) = findings(node_clock, cluster(node(), lease(seconds_ago=-180)))

    assert "The clock of node node-1 is at least 180 s ahead" in found.summary
    assert "the API server's Date was 03:00:00 UTC" in found.evidence[0].value


@pytest.mark.parametrize("seconds_ago", [-10, 0, 5, 600])
def test_what_is_within_ten_seconds_or_behind_is_left_alone(seconds_ago: float) -> None:
    """Given a lease at most ten seconds ahead, or old, when judged, then nothing is found."""
    assert findings(node_clock, cluster(node(), lease(seconds_ago=seconds_ago))) == []


def test_without_the_servers_date_nothing_is_known() -> None:
    """Given an API server that gave no Date, when judged, then nothing is found."""
    assert findings(node_clock, replace(cluster(node(), lease(seconds_ago=-180)), clock=None)) == []


def test_without_leases_nothing_is_known() -> None:
    """Given leases that may not be read, when judged, then nothing is found."""
    assert findings(node_clock, cluster(node(), complete=())) == []
