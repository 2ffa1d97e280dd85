"""The figures of a host that trends are drawn of."""

from sickbay.diagnostics.platforms.docker.measuring import figures
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.platforms.docker.wire.statistics import MemoryStats
from tests.unit.diagnostics.platforms.docker.hosts import MIB, container, event, host, stats


def test_restarts_and_failed_pulls_are_counted() -> None:
    """Given containers that were restarted and a pull that failed, then both are counted."""
    failed = event("pull", "web:2", kind="image", name="web:2", error="manifest unknown")
    snapshot = host(container("a", restart_count=2), container("b", restart_count=3), events=(failed,))

    assert (figures(snapshot)["restarts"], figures(snapshot)["pull_failures"]) == (5, 1)


def test_the_fullest_limit() -> None:
    """Given containers with limits, then the share is that of the one that is nearest to its own."""
    used = stats(memory_stats=MemoryStats(usage=384 * MIB))
    full, empty = container("a", memory=512 * MIB, samples=(used,)), container("b", memory=1024 * MIB, samples=(used,))

    assert figures(host(empty, full))["memory_share"] == 0.75
    assert "memory_share" not in figures(host(container(memory=0)))


def test_nothing_of_a_host_that_was_not_read() -> None:
    """Given an engine that was not reached, then there are no figures: zero would look well."""
    assert figures(host(unreachable=Unreachable(obstacle=Obstacle.REFUSED, message="refused"))) == {}
