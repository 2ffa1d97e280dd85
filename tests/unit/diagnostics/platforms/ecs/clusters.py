"""Build ECS clusters for the tests of checks in AWS's own wire form: healthy unless told otherwise, at a fixed moment.

`cluster(service("web", runningCount=1), tasks=[stopped("web", "EssentialContainerExited")])` has what is named.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from sickbay.diagnostics import engine
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.model import Finding, Report, ReportTarget
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.balancing import TargetGroup, TargetHealth
from sickbay.diagnostics.platforms.ecs.wire.definitions import TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance
from sickbay.diagnostics.platforms.ecs.wire.services import Cluster, Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task
from sickbay.diagnostics.targets import Request

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_ACCOUNT = "eu-west-1:123456789012"


def ago(**since: float) -> datetime:
    """Give a moment before now."""
    return NOW - timedelta(**since)


def arn(kind: str, name: str) -> str:
    """Give the ARN of a thing of the cluster `prod`."""
    middle = "" if kind == "task-definition" else "prod/"
    return f"arn:aws:ecs:{_ACCOUNT}:{kind}/{middle}{name}"


def group_arn(name: str) -> str:
    """Give a target group's ARN."""
    return f"arn:aws:elasticloadbalancing:{_ACCOUNT}:targetgroup/{name}/0123456789abcdef"


def balancer(group: str = "web-tg", port: int = 8080) -> dict[str, Any]:
    """Give where a service registers its container `app`."""
    return {"targetGroupArn": group_arn(group), "containerName": "app", "containerPort": port}


def event(message: str, **since: float) -> dict[str, Any]:
    """Give a message of the scheduler; one minute old unless told otherwise."""
    return {"createdAt": ago(**since or {"minutes": 1}), "message": message}


def deployment(revision: str = "web:2", **differs: Any) -> dict[str, Any]:
    """Give a deployment that is completed; `revision` is its task definition."""
    return {
        "id": f"ecs-svc/{revision}",
        "status": "PRIMARY",
        "taskDefinition": arn("task-definition", revision),
        "desiredCount": 2,
        "runningCount": 2,
        "createdAt": ago(hours=3),
        "updatedAt": ago(minutes=2),
        "rolloutState": "COMPLETED",
        **differs,
    }


def service(name: str = "web", **differs: Any) -> Service:
    """Give a service with two of two tasks, in a steady state."""
    wire = {
        "serviceArn": arn("service", name),
        "serviceName": name,
        "desiredCount": 2,
        "runningCount": 2,
        "launchType": "FARGATE",
        "taskDefinition": arn("task-definition", f"{name}:2"),
        "deployments": [deployment(f"{name}:2")],
        "events": [event(f"(service {name}) has reached a steady state.", hours=2)],
        "createdAt": ago(days=30),
        **differs,
    }
    return msgspec.convert(wire, Service)


def task(name: str = "web", **differs: Any) -> Task:
    """Give a running task of a service; `containers` are those of its container `app`."""
    wire = {
        "taskArn": arn("task", differs.pop("id", "1f0c2e8a9b7d4c3fa1e2b3c4d5e6f708")),
        "taskDefinitionArn": arn("task-definition", differs.pop("revision", f"{name}:2")),
        "group": f"service:{name}",
        "launchType": "FARGATE",
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "createdAt": ago(hours=2),
        "startedAt": ago(hours=2),
        "containers": [container(**differs.pop("app", {}))],
        **differs,
    }
    return msgspec.convert(wire, Task)


def container(**differs: Any) -> dict[str, Any]:
    """Give a container `app` that runs."""
    return {"name": "app", "image": "shop/web:2", "lastStatus": "RUNNING", **differs}


def stopped(name: str, code: str, reason: str = "", **differs: Any) -> Task:
    """Give a task that stopped two minutes ago with this stop code and reason; `app` is of its container."""
    at = differs.pop("at", ago(minutes=2))
    app = {"lastStatus": "STOPPED", **differs.pop("app", {})}
    ended = {"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stopCode": code, "stoppedReason": reason}
    return task(name, app=app, **{**ended, "stoppedAt": at, "createdAt": at - timedelta(minutes=1), **differs})


def failing(name: str = "web", **differs: Any) -> Service:
    """Give a service of which none of two tasks runs."""
    return service(name, **{"runningCount": 0, "events": [], **differs})


def definition(revision: str = "web:2", **differs: Any) -> TaskDefinition:
    """Give a task definition with one container `app`, 256 units, 512 MiB; `app` changes the container."""
    app = {
        "name": "app",
        "image": "shop/web:2",
        "essential": True,
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web"}},
        **differs.pop("app", {}),
    }
    wire = {
        "taskDefinitionArn": arn("task-definition", revision),
        "family": revision.partition(":")[0],
        "networkMode": "awsvpc",
        "executionRoleArn": "arn:aws:iam::123456789012:role/web-execution",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [app],
        **differs,
    }
    return msgspec.convert(wire, TaskDefinition)


def instance(name: str = "i-0a1b2c3d4e5f60718", **differs: Any) -> ContainerInstance:
    """Give an instance with 1024 units and 2048 MiB, half of it left; `cpu`, `memory`, `ports` change what is left."""
    rest = [
        {"name": "CPU", "type": "INTEGER", "integerValue": differs.pop("cpu", 512)},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": differs.pop("memory", 1024)},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", *differs.pop("ports", ())]},
    ]
    whole = [{"name": "CPU", "integerValue": 1024}, {"name": "MEMORY", "integerValue": 2048}]
    wire = {
        "containerInstanceArn": arn("container-instance", f"c0ffee{name[2:]}"),
        "ec2InstanceId": name,
        "status": "ACTIVE",
        "agentConnected": True,
        "versionInfo": {"agentVersion": "1.98.0"},
        "remainingResources": rest,
        "registeredResources": whole,
        "attributes": [{"name": "ecs.availability-zone", "value": "eu-west-1a"}],
        **differs,
    }
    return msgspec.convert(wire, ContainerInstance)


def target(state: str = "healthy", reason: str = "", **differs: Any) -> TargetHealth:
    """Give a target of a group and how it fares."""
    told = {"State": state, "Reason": reason, "Description": differs.pop("description", "")}
    where = {"Id": "10.0.1.7", "Port": 8080, "AvailabilityZone": "eu-west-1a"}
    return msgspec.convert({"Target": {**where, **differs}, "TargetHealth": told}, TargetHealth)


def group(name: str = "web-tg", **differs: Any) -> TargetGroup:
    """Give a target group of an application load balancer that asks for /healthz."""
    wire = {
        "TargetGroupArn": group_arn(name),
        "TargetGroupName": name,
        "Protocol": "HTTP",
        "HealthCheckPath": "/healthz",
        "Matcher": {"HttpCode": "200"},
        "LoadBalancerArns": [f"arn:aws:elasticloadbalancing:{_ACCOUNT}:loadbalancer/app/shop/0123456789abcdef"],
        **differs,
    }
    return msgspec.convert(wire, TargetGroup)


def cluster(
    *services: Service,
    tasks: Sequence[Task] = (),
    definitions: Sequence[TaskDefinition] = (),
    health: Mapping[str, tuple[TargetHealth, ...]] | None = None,
    scope: str = "",
    audit: bool = False,
    **differs: Any,
) -> Snapshot:
    """Give the cluster `prod`; `health` is by the name of the target group."""
    return Snapshot(
        **{
            "request": Request(scope=scope, audit=audit),
            "taken_at": NOW,
            "name": "prod-ecs",
            "cluster_name": "prod",
            "region": "eu-west-1",
            "cluster": Cluster(cluster_name="prod", status="ACTIVE"),
            "services": services,
            "tasks": tuple(tasks),
            "definitions": {item.task_definition_arn: item for item in definitions},
            "health": {group_arn(name): targets for name, targets in (health or {}).items()},
            **differs,
        }
    )


def found(check: Check[Snapshot], snapshot: Snapshot) -> list[Finding]:
    """Run one check."""
    return list(check.judge(snapshot))


def one(check: Check[Snapshot], snapshot: Snapshot) -> Finding:
    """Run one check that must find one thing."""
    (finding,) = found(check, snapshot)
    return finding


def report(snapshot: Snapshot) -> Report:
    """Judge the cluster by all checks."""
    return engine.judge(snapshot, ReportTarget(name="prod-ecs", platform="ecs", zone="default"))
