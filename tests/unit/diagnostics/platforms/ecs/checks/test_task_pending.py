"""ECS-T110: a task does not get to run."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.ecs.checks.task_pending import task_pending
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    cluster,
    definition,
    found,
    instance,
    one,
    report,
    service,
    task,
)

PENDING = {"lastStatus": "PENDING", "createdAt": ago(minutes=9), "startedAt": None}


@pytest.mark.parametrize(
    ("differs", "says"),
    [
        (
            {"attachments": [{"type": "ElasticNetworkInterface", "status": "PRECREATED"}]},
            "its network interface is PRECREATED",
        ),
        ({"pullStartedAt": ago(minutes=8)}, "its images are still being pulled"),
        ({}, "pulling its images has not begun"),
        ({"lastStatus": "PROVISIONING"}, "it waits for capacity"),
    ],
)
def test_its_times_tell_the_stage(differs: dict[str, Any], says: str) -> None:
    """Given a task that has been pending for nine minutes, then the stage it waits in is told."""
    waiting = task(**{**{k: v for k, v in PENDING.items() if v}, "startedAt": ago(minutes=0), **differs})

    assert says in one(task_pending, cluster(service(), tasks=[waiting])).summary


def test_a_container_that_waits_for_another_is_named() -> None:
    """Given images that are there and a container that depends on another, then both are named."""
    waiting = task(
        lastStatus="PENDING",
        createdAt=ago(minutes=9),
        pullStartedAt=ago(minutes=8),
        pullStoppedAt=ago(minutes=7),
        containers=[{"name": "app", "lastStatus": "PENDING"}, {"name": "envoy", "lastStatus": "RUNNING"}],
    )
    bound = definition(app={"dependsOn": [{"containerName": "envoy", "condition": "HEALTHY"}]})

    told = report(cluster(service(runningCount=1, events=[]), tasks=[waiting], definitions=[bound]))

    assert told.findings[0].code == "ECS-T110"
    assert "app waits for envoy to be HEALTHY" in told.findings[0].summary


def test_a_disconnected_agent_is_the_reason() -> None:
    """Given a task on an instance whose agent is disconnected, then that is told."""
    lost = instance(agentConnected=False)
    waiting = task(lastStatus="PENDING", createdAt=ago(minutes=9), containerInstanceArn=lost.container_instance_arn)

    assert (
        "the agent of its instance i-0a1b2c3d4e5f60718 is disconnected"
        in one(task_pending, cluster(service(), tasks=[waiting], instances=(lost,))).summary
    )


def test_a_task_that_has_just_begun_is_left_alone() -> None:
    """Given a task that has been pending for two minutes, then nothing is said."""
    assert found(task_pending, cluster(service(), tasks=[task(lastStatus="PENDING", createdAt=ago(minutes=2))])) == []
