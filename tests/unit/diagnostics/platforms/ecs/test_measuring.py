"""What of a cluster is drawn over time."""

from sickbay.diagnostics.platforms.ecs.facts import Obstacle, Unreachable
from sickbay.diagnostics.platforms.ecs.measuring import figures
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, failing, stopped


def test_tasks_that_ended_unasked_and_failed_pulls_are_counted() -> None:
    """Given tasks that crashed, could not be pulled, and were stopped by a scaling, then the first two count."""
    pull = "CannotPullContainerError: not found"
    tasks = [
        stopped("web", "EssentialContainerExited", id="a", app={"exitCode": 1}),
        stopped("web", "TaskFailedToStart", id="b", app={"reason": pull}),
        stopped("web", "ServiceSchedulerInitiated", id="c"),
    ]

    assert figures(cluster(failing(), tasks=tasks)) == {"restarts": 2.0, "pull_failures": 1.0}


def test_of_a_cluster_that_was_not_read_nothing_is_measured() -> None:
    """Given no access, then there are no figures, which is not none that failed."""
    assert figures(cluster(cluster=None, unreachable=Unreachable(obstacle=Obstacle.DENIED, message="no"))) == {}


def test_the_memory_is_that_of_the_fullest_service() -> None:
    """Given what CloudWatch tells of two services, then the fuller one's share is given."""
    assert figures(cluster(failing(), memory={"web": 0.91234, "api": 0.4}))["memory_share"] == 0.9123
