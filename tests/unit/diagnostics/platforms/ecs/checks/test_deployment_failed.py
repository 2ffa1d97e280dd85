"""ECS-S104: a deployment failed, or goes on failing."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.ecs.checks.deployment_failed import deployment_failed
from sickbay.diagnostics.platforms.ecs.wire.account import TrailEvent
from sickbay.diagnostics.platforms.ecs.wire.deployments import (
    DeploymentAlarms,
    RevisionSummary,
    Rollback,
    ServiceDeployment,
    ServiceRevision,
)
from tests.unit.diagnostics.platforms.ecs.clusters import ago, arn, cluster, deployment, found, one, report, service

OLD = deployment("web:1", status="ACTIVE")
TRIPPED = "ECS deployment circuit breaker: tasks failed to start."


def test_the_circuit_breakers_end_is_told_with_the_way_back() -> None:
    """Given a rollout that the breaker ended without rolling back, then the version that still runs is the remedy."""
    failed = deployment(rolloutState="FAILED", rolloutStateReason=TRIPPED, failedTasks=4, runningCount=0)
    told = one(deployment_failed, cluster(service(deployments=[failed, OLD])))

    assert told.summary == (
        "The deployment of web:2 to web failed: ECS deployment circuit breaker: tasks failed to start."
    )
    assert told.remedy is not None
    assert told.remedy.command is not None
    assert told.remedy.command.endswith("--service web --task-definition web:1")


def test_without_a_breaker_a_deployment_that_loses_tasks_is_told() -> None:
    """Given a rollout that has lost five tasks and no breaker, then it is told as one that nothing ends."""
    losing = deployment(rolloutState="IN_PROGRESS", failedTasks=5, runningCount=0, createdAt=ago(minutes=20))

    finding = one(deployment_failed, cluster(service(deployments=[losing, OLD])))

    assert finding.summary == "The deployment of web:2 to web has lost 5 tasks, and no circuit breaker ends it."


def test_two_lost_tasks_are_not_yet_a_failure() -> None:
    """Given fewer lost tasks than any breaker's threshold, then nothing is said."""
    losing = deployment(rolloutState="IN_PROGRESS", failedTasks=2)

    assert found(deployment_failed, cluster(service(deployments=[losing]))) == []


def test_an_alarm_that_rolled_back_is_named_with_what_was_brought() -> None:
    """Given a deployment that an alarm rolled back, then alarm, revision and who updated the service are told."""
    ended = ServiceDeployment(
        service_arn=arn("service", "web"),
        status="ROLLBACK_SUCCESSFUL",
        created_at=ago(minutes=30),
        finished_at=ago(minutes=10),
        target_service_revision=RevisionSummary(arn="revision/2"),
        alarms=DeploymentAlarms(status="TRIGGERED", triggered_alarm_names=("web-5xx",)),
        rollback=Rollback(reason="alarm"),
    )
    brought = ServiceRevision(service_revision_arn="revision/2", task_definition=arn("task-definition", "web:3"))
    update = TrailEvent(
        event_name="UpdateService", event_time=ago(minutes=31), username="ada", resource="prod web web:3"
    )

    told = report(cluster(service(), deployments=(ended,), revisions=(brought,), trail=(update,)))

    assert told.findings[0].code == "ECS-S104"
    assert (
        told.findings[0].summary
        == "The deployment of web:3 to web failed and was rolled back: the alarm web-5xx went off."
    )
    assert any("ada" in item.value for item in told.findings[0].evidence)


@pytest.mark.parametrize(
    ("threshold", "lost", "told"),
    [
        ({}, 5, True),
        ({}, 4, False),
        ({"type": "COUNT", "value": 1}, 1, True),
        ({"type": "BOUNDED_PERCENT", "value": 10}, 2, False),
        ({"type": "UNBOUNDED_PERCENT", "value": 10}, 1, True),
        ({"type": "UNBOUNDED_PERCENT", "value": 100}, 9, False),
    ],
)
def test_the_breakers_own_threshold_counts(threshold: dict[str, Any], lost: int, told: bool) -> None:
    """Given ten desired tasks and a threshold, in tasks or percent, then a deployment is told from there on."""
    breaker = {"deploymentCircuitBreaker": {"enable": True, "thresholdConfiguration": threshold}}
    losing = deployment(rolloutState="IN_PROGRESS", failedTasks=lost)
    snapshot = cluster(service(desiredCount=10, deployments=[losing], deploymentConfiguration=breaker))

    assert bool(found(deployment_failed, snapshot)) is told
