"""ECS-S101: a service runs fewer tasks than it should."""

from sickbay.diagnostics.platforms.ecs.checks.short_of_tasks import short_of_tasks
from tests.unit.diagnostics.platforms.ecs.clusters import ago, cluster, deployment, event, found, one, service


def test_how_many_run_is_told() -> None:
    """Given a service with one of three tasks and one pending, then the counts are told."""
    finding = one(short_of_tasks, cluster(service(desiredCount=3, runningCount=1, pendingCount=1)))

    assert finding.summary == "web runs 1 of its 3 tasks, 1 pending."


def test_a_deployment_that_has_just_begun_is_left_alone() -> None:
    """Given a service that was deployed a minute ago and lost nothing, then nothing is said."""
    young = deployment(createdAt=ago(minutes=1), rolloutState="IN_PROGRESS", runningCount=0)

    assert found(short_of_tasks, cluster(service(runningCount=0, deployments=[young], events=[]))) == []


def test_a_young_deployment_with_a_warning_counts() -> None:
    """Given the same with a message that warns, then the shortage is told with it."""
    young = deployment(createdAt=ago(minutes=1), rolloutState="IN_PROGRESS", runningCount=0)
    warned = event("(service web) is unable to consistently start tasks successfully.")

    finding = one(short_of_tasks, cluster(service(runningCount=0, deployments=[young], events=[warned])))

    assert [item.value for item in finding.evidence][-1] == warned["message"]


def test_a_service_that_is_being_deleted_is_left_alone() -> None:
    """Given a service that drains, then nothing is said."""
    assert found(short_of_tasks, cluster(service(runningCount=0, status="DRAINING"))) == []
