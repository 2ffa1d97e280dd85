"""ECS-L103: a load balancer gives tasks no chance."""

from typing import Any

from sickbay.diagnostics.platforms.ecs.checks.grace_too_short import grace_too_short
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    balancer,
    cluster,
    failing,
    found,
    group_arn,
    one,
    report,
    service,
    stopped,
    target,
)

REASON = f"Task failed ELB health checks in (target-group {group_arn('web-tg')})"


def lived(seconds: float, **differs: Any) -> Task:
    """Give a task that was stopped for its health checks so many seconds after its start."""
    start = ago(minutes=4, seconds=seconds)
    ends = ago(minutes=4)
    return stopped("web", "ServiceSchedulerInitiated", REASON, at=ends, stoppingAt=ends, startedAt=start, **differs)


def test_tasks_that_die_as_the_grace_ends_explain_all_else() -> None:
    """Given two tasks stopped 75 s after their start with a grace of 30 s, then the grace period is the cause."""
    slow = failing(loadBalancers=[balancer()], healthCheckGracePeriodSeconds=30)
    judged = report(cluster(slow, tasks=[lived(75, id="1" * 32), lived(70, id="2" * 32)]))

    assert judged.findings[0].summary == (
        "Tasks of web are stopped 75 s after they start, before any is healthy: the grace period is 30 s."
    )
    assert [item.code for item in judged.causes] == ["ECS-L103"]


def test_tasks_that_lived_long_are_not_slow_starters() -> None:
    """Given tasks that were stopped an hour after their start, then the grace period is not blamed."""
    tasks = [lived(3600, id="1" * 32), lived(3600, id="2" * 32)]

    assert found(grace_too_short, cluster(failing(healthCheckGracePeriodSeconds=30), tasks=tasks)) == []


def test_targets_in_a_zone_that_is_not_served_are_told() -> None:
    """Given a target that is unused because of its zone, then the zone is named."""
    unused = target(
        "unused",
        "Target.NotInUse",
        description="Target is in an Availability Zone that is not enabled for the load balancer",
        AvailabilityZone="eu-west-1c",
    )

    finding = one(grace_too_short, cluster(service(loadBalancers=[balancer()]), health={"web-tg": (target(), unused)}))

    assert finding.summary == "1 of 2 targets of web-tg are in eu-west-1c, where the load balancer does not serve."
