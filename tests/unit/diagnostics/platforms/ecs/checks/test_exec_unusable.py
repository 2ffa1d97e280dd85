"""ECS-R102: ECS Exec is switched on and cannot be used."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.ecs.checks.exec_unusable import exec_unusable
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, definition, found, one, service, task

ROLE = {"taskRoleArn": "arn:aws:iam::123456789012:role/web"}


@pytest.mark.parametrize(
    ("of_definition", "of_task", "says"),
    [
        ({}, {}, "its task definition has no task role"),
        ({**ROLE, "app": {"readonlyRootFilesystem": True}}, {}, "the root file system of app is read-only"),
        (ROLE, {}, "1 tasks were started without it"),
        (
            ROLE,
            {
                "enableExecuteCommand": True,
                "app": {"managedAgents": [{"name": "ExecuteCommandAgent", "lastStatus": "STOPPED"}]},
            },
            "its agent in app is STOPPED",
        ),
    ],
)
def test_what_is_missing_is_told(of_definition: dict[str, Any], of_task: dict[str, Any], says: str) -> None:
    """Given a service with Exec and something missing, then that is told."""
    snapshot = cluster(
        service(enableExecuteCommand=True), tasks=[task(**of_task)], definitions=[definition(**of_definition)]
    )

    assert says in one(exec_unusable, snapshot).summary


def test_a_service_without_it_is_left_alone() -> None:
    """Given a service without Exec, then nothing is said."""
    assert found(exec_unusable, cluster(service(), tasks=[task()], definitions=[definition()])) == []
