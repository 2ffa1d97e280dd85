"""A cluster that is watched, in which somebody changes things."""

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from sickbay.diagnostics.events import Batch
from tests.integration.ecs.aws import Aws

Watching = Callable[..., Iterator[Batch]]
_NUMBERS = count()
MACHINE: dict[str, Any] = {
    "containerInstanceArn": "arn:aws:ecs:eu-west-1:1:container-instance/c/c0", "ec2InstanceId": "i-0a1b2c3d4e5f60718",
    "status": "ACTIVE", "agentConnected": True, "versionInfo": {"agentVersion": "1.98.0"},
}  # fmt: skip


class Shop:
    """A cluster of its own with the service `web`, in which somebody changes things."""

    def __init__(self, aws: Aws, container: dict[str, Any]) -> None:
        self._container = container
        self.aws, self.name, self._ecs = aws, f"watched-{next(_NUMBERS)}", aws.client("ecs")
        self._ecs.create_cluster(clusterName=self.name)
        self._ecs.create_service(cluster=self.name, serviceName="web", taskDefinition=self.define(), desiredCount=2)

    def define(self, **differs: Any) -> str:
        """Give a new revision of the definition `shop`."""
        made = self._ecs.register_task_definition(family="shop", containerDefinitions=[self._container | differs])
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def update(self, **fields: Any) -> None:
        """Update `web`."""
        self._ecs.update_service(cluster=self.name, service="web", **fields)

    def deploy(self, definition: str) -> None:
        """Deploy a definition, which moto does but half: it leaves the deployment's definition as it was."""
        self.update(taskDefinition=definition, forceNewDeployment=True)

        def deployed(answer: dict[str, Any]) -> dict[str, Any]:
            for service in answer["services"]:
                service["deployments"][0]["taskDefinition"] = service["taskDefinition"]
            return answer

        self.aws.edit("DescribeServices", deployed)

    def create(self, name: str) -> None:
        """Make another service."""
        self._ecs.create_service(cluster=self.name, serviceName=name, taskDefinition="shop", desiredCount=1)

    def delete(self, name: str) -> None:
        """Delete a service."""
        self._ecs.delete_service(cluster=self.name, service=name, force=True)

    def machines(self, *machines: dict[str, Any]) -> None:
        """Let these be the cluster's container instances."""
        arns = [machine["containerInstanceArn"] for machine in machines]
        self.aws.answer("ListContainerInstances", {"containerInstanceArns": arns})
        self.aws.answer("DescribeContainerInstances", {"containerInstances": list(machines)})

    def stopped(self, *tasks: dict[str, Any]) -> None:
        """Let these be the tasks that stopped."""
        self.aws.answer("ListTasks", {"taskArns": [task["taskArn"] for task in tasks]})
        described = {task["taskArn"]: task for task in tasks}
        self.aws.answer_by("DescribeTasks", lambda asked: {"tasks": [described[arn] for arn in asked["tasks"]]})


def ended(id_: str, code: str = "EssentialContainerExited", **differs: Any) -> dict[str, Any]:
    """Give a task of `web` that stopped a moment from now."""
    container = {"name": "app", "exitCode": 1, **differs.pop("app", {})}
    return {
        "taskArn": f"arn:aws:ecs:eu-west-1:1:task/c/{id_}", "group": "service:web", "desiredStatus": "STOPPED",
        "lastStatus": "STOPPED", "stopCode": code, "stoppedAt": time.time() + 60, "containers": [container], **differs,
    }  # fmt: skip
