"""ECS-R102: ECS Exec is switched on and cannot be used."""

from typing import Any

import msgspec
import pytest

from sickbay.diagnostics.platforms.ecs.checks.exec_unusable import exec_unusable
from sickbay.diagnostics.platforms.ecs.wire.services import Cluster
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, definition, found, instance, one, service, task

INIT: dict[str, Any] = {"linuxParameters": {"initProcessEnabled": True}}
ROLE: dict[str, Any] = {"taskRoleArn": "arn:aws:iam::123456789012:role/web", "app": INIT}
ON: dict[str, Any] = {"enableExecuteCommand": True}
STOPPED = {"name": "ExecuteCommandAgent", "lastStatus": "STOPPED", "reason": "Received no credentials."}


@pytest.mark.parametrize(
    ("of_definition", "of_task", "says"),
    [
        ({"app": INIT}, ON, "its task definition has no task role"),
        ({**ROLE, "app": {**INIT, "readonlyRootFilesystem": True}}, ON, "the root file system of app is read-only"),
        (
            {**ROLE, "app": {**INIT, "environment": [{"name": "AWS_ACCESS_KEY_ID"}]}},
            ON,
            "app has AWS_ACCESS_KEY_ID in its environment",
        ),
        (
            {**ROLE, "app": {**INIT, "secrets": [{"name": "AWS_SECRET_ACCESS_KEY"}]}},
            ON,
            "app has AWS_SECRET_ACCESS_KEY in its environment",
        ),
        (ROLE, {}, "1 tasks were started without it"),
        (ROLE, {**ON, "app": {"managedAgents": [STOPPED]}}, "its agent in app is STOPPED: Received no credentials"),
        ({**ROLE, "app": {}}, ON, "app has no init process, so what sessions start is left behind"),
    ],
)
def test_what_is_missing_is_told(of_definition: dict[str, Any], of_task: dict[str, Any], says: str) -> None:
    """Given a service with Exec and something missing, then that alone is told."""
    snapshot = cluster(service(**ON), tasks=[task(**of_task)], definitions=[definition(**of_definition)])

    assert one(exec_unusable, snapshot).summary.endswith(f"as it should: {says}.")


@pytest.mark.parametrize(("version", "old"), [("1.50.1", True), ("1.50.2", False), ("1.98.0", False), ("", False)])
def test_the_agent_of_an_instance_must_know_it(version: str, old: bool) -> None:
    """Given tasks on an instance, then an agent older than 1.50.2 is told, and the task needs no role of its own."""
    machine = instance(versionInfo={"agentVersion": version})
    there = task(launchType="EC2", containerInstanceArn=machine.container_instance_arn, **ON)
    snapshot = cluster(
        service(launchType="EC2", **ON), tasks=[there], definitions=[definition(app=INIT)], instances=(machine,)
    )

    told = [item.summary for item in found(exec_unusable, snapshot)]

    assert [f"the agent of {machine.name} is 1.50.1" in item for item in told] == ([True] if old else [])


def test_a_shared_pid_namespace_is_told_where_there_is_a_second_container() -> None:
    """Given pidMode task and two containers, then that one alone is reached is told."""
    written = definition(pidMode="task", **ROLE)
    both = msgspec.structs.replace(written, container_definitions=written.container_definitions * 2)

    finding = one(exec_unusable, cluster(service(**ON), tasks=[task(**ON)], definitions=[both]))

    assert "with pidMode task it reaches one container alone" in finding.summary
    assert found(exec_unusable, cluster(service(**ON), tasks=[task(**ON)], definitions=[written])) == []


def test_what_the_cluster_asks_of_the_role_besides_is_in_the_remedy() -> None:
    """Given sessions that are encrypted and logged, then what the role needs for that stands in the remedy."""
    wire = {
        "configuration": {
            "executeCommandConfiguration": {
                "kmsKeyId": "key-1",
                "logConfiguration": {"cloudWatchLogGroupName": "/ecs/exec", "s3BucketName": "sessions"},
            }
        }
    }
    snapshot = cluster(
        service(**ON),
        tasks=[task(**ON, app={"managedAgents": [STOPPED]})],
        definitions=[definition(**ROLE)],
        cluster=msgspec.convert(wire, Cluster),
    )

    finding = one(exec_unusable, snapshot)

    assert finding.remedy is not None
    assert finding.remedy.text.endswith(
        "endpoint, and kms:Decrypt of key-1, logs:PutLogEvents in /ecs/exec, s3:PutObject in sessions."
    )


def test_a_service_without_it_is_left_alone() -> None:
    """Given a service without Exec, then nothing is said."""
    assert found(exec_unusable, cluster(service(), tasks=[task()], definitions=[definition()])) == []
