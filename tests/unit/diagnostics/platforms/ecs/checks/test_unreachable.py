"""ECS-X101: the cluster cannot be read at all."""

import pytest

from sickbay.diagnostics.platforms.ecs.checks.unreachable import unreachable
from sickbay.diagnostics.platforms.ecs.snapshot import Obstacle, Unreachable
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, found, one, report


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_each_obstacle_is_told_in_words(obstacle: Obstacle) -> None:
    """Given an obstacle, then the finding is a sentence with the error as its proof, and the report is blind."""
    snapshot = cluster(cluster=None, unreachable=Unreachable(obstacle=obstacle, message="Oh: no"))

    told = report(snapshot)

    assert told.findings[0].code == "ECS-X101"
    assert told.findings[0].summary.startswith("prod in eu-west-1 cannot be read: ")
    assert told.findings[0].evidence[0].value == "Oh: no"
    assert told.blind


def test_the_clusters_that_exist_are_named() -> None:
    """Given a cluster that is not there, then those that are are named."""
    why = Unreachable(obstacle=Obstacle.NO_CLUSTER, message="MISSING", known=("dev", "prod-eu"))

    assert "; there are dev, prod-eu." in one(unreachable, cluster(cluster=None, unreachable=why)).summary


def test_a_cluster_that_was_read_is_left_alone() -> None:
    """Given a cluster that was read, then nothing is said."""
    assert found(unreachable, cluster()) == []
