"""What the tests of the Swarm platform share."""

from collections.abc import Iterator
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.swarm.collector import collect
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.target import SwarmTarget
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine

REFUSAL = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm '
    "and try again."
)


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    """Give a fake engine in no swarm, until told otherwise."""
    fake = FakeEngine()
    for path in ("/nodes", "/services", "/tasks"):
        fake.json(path, {"message": REFUSAL}, 503)
    fake.json("/networks", [])
    yield fake
    fake.close()


@pytest.fixture
def manager(engine: FakeEngine) -> FakeEngine:
    """Give a fake engine that manages a swarm of one node and no services."""
    place = {"NodeID": "m1", "LocalNodeState": "active", "ControlAvailable": True, "Cluster": {"ID": "c", "Spec": {}}}
    engine.json("/info", {"Name": "vm-1", "Swarm": place})
    engine.json("/nodes", [{"ID": "m1", "Description": {"Hostname": "vm-1"}, "Status": {"State": "ready"}}])
    engine.json("/services", [])
    engine.json("/tasks", [])
    return engine


def read(engine: FakeEngine, *, seconds: float = 20, **request: Any) -> Snapshot:
    """Collect from the fake engine."""
    target = SwarmTarget(name="prod", host=engine.target.host)
    return collect(target, Request(**request), Budget(seconds), lambda _step: None)


def wire_service(name: str, **differs: Any) -> dict[str, Any]:
    """Give what the API says of a service of one task; `differs` are fields of its container's specification."""
    stack = differs.pop("stack", "")
    return {
        "ID": f"id{name}".replace("_", "").ljust(25, "0"),
        "CreatedAt": "2026-11-23T09:00:00.5Z",
        "Spec": {
            "Name": name,
            "Labels": {"com.docker.stack.namespace": stack} if stack else {},
            "TaskTemplate": {"ContainerSpec": {"Image": "web:1", **differs}, "Placement": None},
            "Mode": {"Replicated": {"Replicas": 1}},
        },
    }


def wire_task(service: dict[str, Any], state: str, **status: Any) -> dict[str, Any]:
    """Give what the API says of a service's task on the manager."""
    return {
        "ID": f"task{service['ID']}",
        "CreatedAt": "2099-01-01T00:00:00Z",
        "ServiceID": service["ID"],
        "Slot": 1,
        "NodeID": "m1",
        "Status": {"State": state, "Timestamp": "2099-01-01T00:00:00Z", "Message": "started", **status},
        "DesiredState": "running" if state == "running" else "shutdown",
        "NetworksAttachments": None,
    }
