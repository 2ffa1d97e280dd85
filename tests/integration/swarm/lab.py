"""Services on a real swarm: made under a prefix of their own, waited for together, removed in the end."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import docker
import docker.errors
from docker.types import DriverConfig, EndpointSpec, IPAMConfig, IPAMPool, Mount, Resources, RestartPolicy, ServiceMode
from docker.types import UpdateConfig as Updating
from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import Diagnosis, diagnose, judge
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.target import SwarmTarget
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import IMAGE

_PATIENCE = 90.0
_SECOND = 10**9
GIB = 1024**3
PORT = 21_880

Tasks = list[dict[str, Any]]


class SwarmLab:
    """Makes services on one swarm."""

    def __init__(self, target: DockerTarget) -> None:
        self.target = SwarmTarget(name="swarm", host=target.host)
        self.client: Any = docker.DockerClient(base_url=target.host, version="auto", timeout=60)
        self.prefix = f"sickbay-{secrets.token_hex(3)}"

    def name(self, name: str) -> str:
        """Give the full name of a service."""
        return f"{self.prefix}_{name}"

    def serve(self, name: str, *command: str, **options: Any) -> None:
        """Create a service of the stack that is named by the prefix; `options` are those of the Docker SDK."""
        options = {
            "image": IMAGE,
            "command": list(command) or ["sleep", "3600"],
            "stop_grace_period": 0,
            "labels": {"com.docker.stack.namespace": self.prefix},
            **options,
        }
        self.client.services.create(name=self.name(name), **options)

    def network(self, name: str, subnet: str) -> str:
        """Create an overlay network and give its full name."""
        pool = IPAMConfig(pool_configs=[IPAMPool(subnet=subnet)])
        self.client.networks.create(self.name(name), driver="overlay", ipam=pool)
        return self.name(name)

    def until(self, conditions: Mapping[str, Callable[[Tasks], object]]) -> None:
        """Wait until the tasks of each service meet its condition."""
        deadline, waiting = time.monotonic() + _PATIENCE, dict(conditions)
        while waiting:
            for name, condition in list(waiting.items()):
                if condition(self.tasks(name)):
                    del waiting[name]
            said = {name: [_told(task) for task in self.tasks(name)] for name in waiting}
            assert time.monotonic() < deadline, said
            time.sleep(0.2)

    def tasks(self, name: str) -> Tasks:
        """Give what the swarm says of a service's tasks."""
        return list(self.client.api.tasks(filters={"service": self.name(name)}))

    def diagnose(self, scope: str = "", **request: Any) -> Diagnosis:
        """Diagnose a scope: the stack of the tests unless another is named."""
        return diagnose(self.target, Request(scope=scope or self.prefix, **request), budget=Budget(60))

    def diagnose_all(self, **request: Any) -> Diagnosis:
        """Diagnose the whole swarm, whatever else is on it."""
        return diagnose(self.target, Request(**request), budget=Budget(60))

    def judged_later(self, **later: float) -> Report:
        """Give the report that a diagnosis of now would make so much later, if nothing changed."""
        diagnosis = self.diagnose()
        snapshot = diagnosis.snapshot
        assert isinstance(snapshot, Snapshot)
        return judge(replace(snapshot, taken_at=snapshot.taken_at + timedelta(**later)), diagnosis.report.target)

    @contextmanager
    def drained(self) -> Iterator[str]:
        """Let the node take no tasks meanwhile; give its host name."""
        (node,) = self.client.nodes.list()
        node.update({**node.attrs["Spec"], "Availability": "drain"})
        try:
            yield node.attrs["Description"]["Hostname"]
        finally:
            node.reload()
            node.update({**node.attrs["Spec"], "Availability": "active"})

    def remove(self) -> None:
        """Remove all services and networks that were made."""
        for service in self.client.services.list():
            if str(service.name).startswith(self.prefix):
                service.remove()
        deadline = time.monotonic() + _PATIENCE
        while left := [one for one in self.client.networks.list() if str(one.name).startswith(self.prefix)]:
            for network in left:
                with suppress(docker.errors.APIError):  # its last task may still be there
                    network.remove()
            assert time.monotonic() < deadline, left
            time.sleep(0.1)

    def leave(self) -> None:
        """Leave the swarm, and remove the bridge that it leaves behind."""
        self.client.swarm.leave(force=True)
        with suppress(docker.errors.APIError):
            self.client.networks.get("docker_gwbridge").remove()


def break_everything(lab: SwarmLab) -> None:
    """Make a service of every class of the column ERROR that one node can produce, and wait once for all."""
    ports: Any = {PORT: (80, "tcp", "host")}
    host_port = {"endpoint_spec": EndpointSpec(ports=ports)}
    quick = RestartPolicy(condition="any", delay=_SECOND // 10)
    lab.serve("updated", update_config=Updating(parallelism=1, failure_action="pause", monitor=_SECOND))
    lab.serve("first", **host_port)
    lab.serve("loops", "sh", "-c", "echo FATAL: no database >&2; exit 3", restart_policy=quick)
    lab.serve("greedy", resources=Resources(mem_reservation=900 * GIB))
    lab.serve("picky", constraints=["node.labels.sickbay.disk==ssd"])
    lab.serve("plugin", mounts=[Mount("/data", "data", driver_config=DriverConfig("flocker"))])
    lab.serve("foreign", platforms=[("s390x", "linux")])
    lab.serve("crowded", mode=ServiceMode("replicated", replicas=3), maxreplicas=1)
    lab.serve("missing", image="sickbay-tests/missing:1", restart_policy=quick)
    lab.serve("bound", mounts=[Mount("/data", "/no/such/directory", type="bind")], restart_policy=quick)
    lab.serve("mistyped", "/no/such/program", restart_policy=quick)
    lab.serve("addressless", networks=[lab.network("tiny", "10.213.7.0/30")])
    lab.serve("idle", mode=ServiceMode("replicated", replicas=0))
    lab.serve("everywhere", mode=ServiceMode("global"))
    lab.serve("job", "true", mode=ServiceMode("replicated-job", replicas=1))
    lab.until({"first": _running, "updated": _running})
    lab.serve("second", **host_port)
    updated = lab.client.services.get(lab.name("updated"))
    updated.update(command=["false"], restart_policy=RestartPolicy(condition="none"))
    scheduler = dict.fromkeys(("greedy", "picky", "plugin", "foreign", "crowded", "second"), _unplaced)
    refused = dict.fromkeys(("missing", "bound", "mistyped"), _refused)
    lab.until(
        {
            **scheduler,
            **refused,
            "loops": lambda tasks: sum(task["Status"]["State"] == "failed" for task in tasks) >= 3,
            "addressless": lambda tasks: any(task["Status"]["State"] == "new" for task in tasks),
            "everywhere": _running,
            "job": lambda tasks: any(task["Status"]["State"] == "complete" for task in tasks),
            "updated": lambda _: _update_state(lab, "updated") == "paused",
        }
    )


def _update_state(lab: SwarmLab, name: str) -> str:
    return str(lab.client.services.get(lab.name(name)).attrs.get("UpdateStatus", {}).get("State", ""))


def _running(tasks: Tasks) -> bool:
    return any(task["Status"]["State"] == "running" for task in tasks)


def _unplaced(tasks: Tasks) -> bool:
    return any("no suitable node" in task["Status"].get("Err", "") for task in tasks)


def _refused(tasks: Tasks) -> bool:
    return any(task["Status"]["State"] in {"rejected", "failed"} for task in tasks)


def _told(task: dict[str, Any]) -> str:
    return f"{task['Status']['State']} {task['Status'].get('Err', '')}"
