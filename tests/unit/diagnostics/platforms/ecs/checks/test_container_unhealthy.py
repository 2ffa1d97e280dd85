"""ECS-T107: a container's own health check fails."""

from sickbay.diagnostics.platforms.ecs.checks.container_unhealthy import container_unhealthy
from tests.unit.diagnostics.platforms.ecs.clusters import (
    cluster,
    definition,
    failing,
    found,
    one,
    report,
    service,
    stopped,
    task,
)


def test_a_running_task_that_is_unhealthy_is_told_with_its_check() -> None:
    """Given a task that is UNHEALTHY by its container, then the container and the check's figures are told."""
    ill = task(healthStatus="UNHEALTHY", app={"healthStatus": "UNHEALTHY"})
    probed = definition(app={"healthCheck": {"command": ["CMD", "curl"], "interval": 10, "retries": 2}})

    finding = one(container_unhealthy, cluster(service(), tasks=[ill], definitions=[probed]))

    assert finding.summary == "A task of web fails the health check of app."
    assert finding.remedy is not None
    assert "2 failures, one every 10 s" in finding.remedy.text


def test_tasks_that_were_stopped_for_it_are_the_first_finding() -> None:
    """Given a service whose tasks the scheduler stops for their own health check, then that explains the shortage."""
    tasks = [stopped("web", "ServiceSchedulerInitiated", "Task failed container health checks")]

    told = report(cluster(failing(), tasks=tasks))

    assert [item.code for item in told.causes] == ["ECS-T107"]
    assert told.findings[0].summary == "A task of web was stopped for failing the health check."


def test_a_healthy_task_is_left_alone() -> None:
    """Given a task that is HEALTHY, then nothing is said."""
    assert found(container_unhealthy, cluster(service(), tasks=[task(healthStatus="HEALTHY")])) == []
