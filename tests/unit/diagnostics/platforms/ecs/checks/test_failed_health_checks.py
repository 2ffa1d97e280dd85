"""ECS-T106: tasks are stopped because their load balancer finds them unhealthy."""

from sickbay.diagnostics.platforms.ecs.checks.failed_health_checks import failed_health_checks
from tests.unit.diagnostics.platforms.ecs.clusters import (
    balancer,
    cluster,
    failing,
    group_arn,
    one,
    report,
    stopped,
    target,
)

REASON = f"Task failed ELB health checks in (target-group {group_arn('web-tg')})"


def test_the_target_group_is_named() -> None:
    """Given two tasks that were stopped for it, then they are counted and the group is named."""
    tasks = [stopped("web", "ServiceSchedulerInitiated", REASON, id=nth * 32) for nth in "12"]

    finding = one(failed_health_checks, cluster(failing(), tasks=tasks))

    assert finding.summary == "2 tasks of web were stopped for failing the health checks of target group web-tg."
    assert finding.count == 2


def test_what_the_target_group_says_explains_it() -> None:
    """Given targets that answer with the wrong code, then that is the cause, and the stopped tasks are folded."""
    snapshot = cluster(
        failing(loadBalancers=[balancer()]),
        tasks=[stopped("web", "ServiceSchedulerInitiated", REASON)],
        health={"web-tg": (target("unhealthy", "Target.ResponseCodeMismatch"),)},
    )

    told = report(snapshot)

    assert [item.code for item in told.causes] == ["ECS-L101"]
    assert {"ECS-T106", "ECS-S101"} <= {item.code for item in told.findings}
