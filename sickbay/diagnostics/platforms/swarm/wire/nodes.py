"""Shapes of nodes."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import field

from sickbay.diagnostics.platforms.docker.wire.base import NEVER, Wire
from sickbay.diagnostics.platforms.docker.wire.engine import Info as EngineInfo
from sickbay.diagnostics.platforms.swarm.wire.cluster import Trust
from sickbay.diagnostics.platforms.swarm.wire.services import Quantities


class NodeSpec(Wire, frozen=True, kw_only=True):
    """What a node is meant to be; `availability` is active, pause or drain, `role` worker or manager."""

    role: str = ""
    availability: str = "active"
    labels: Mapping[str, str] = {}


class NodePlatform(Wire, frozen=True, kw_only=True):
    """A node's system, as `uname` names the processor (`x86_64`)."""

    architecture: str = ""
    os: str = field(default="", name="OS")

    @property
    def of_images(self) -> str:
        """Give the platform as images name theirs (`linux/amd64`), or nothing where it is not known."""
        runs = EngineInfo(architecture=self.architecture).runs
        return f"{self.os or 'linux'}/{runs[0]}" if runs else ""


class Plugin(Wire, frozen=True, kw_only=True):
    """A driver that a node has; `type` is Volume, Network or Log."""

    type: str = ""
    name: str = ""


class NodeEngine(Wire, frozen=True, kw_only=True):
    """A node's engine."""

    engine_version: str = ""
    labels: Mapping[str, str] = {}
    plugins: tuple[Plugin, ...] = ()


class Description(Wire, frozen=True, kw_only=True):
    """What a node tells of itself; its resources are those of the whole machine."""

    hostname: str = ""
    platform: NodePlatform = NodePlatform()
    resources: Quantities = Quantities()
    engine: NodeEngine = NodeEngine()
    tls_info: Trust = field(default=Trust(), name="TLSInfo")


class NodeStatus(Wire, frozen=True, kw_only=True):
    """Where a node stands; `state` is unknown, down, ready or disconnected."""

    state: str = ""
    message: str = ""
    addr: str = ""


class ManagerStatus(Wire, frozen=True, kw_only=True):
    """A manager's part in the swarm's log; `reachability` is unknown, unreachable or reachable."""

    leader: bool = False
    reachability: str = ""
    addr: str = ""


class Node(Wire, frozen=True, kw_only=True):
    """One of `GET /nodes`."""

    id: str = field(name="ID")
    created_at: datetime = NEVER
    updated_at: datetime = NEVER
    spec: NodeSpec = NodeSpec()
    description: Description = Description()
    status: NodeStatus = NodeStatus()
    manager_status: ManagerStatus | None = None

    @property
    def ready(self) -> bool:
        """Say whether the node reports to the managers."""
        return self.status.state == "ready"

    @property
    def takes_tasks(self) -> bool:
        """Say whether the scheduler may give the node new tasks."""
        return self.ready and self.spec.availability == "active"

    @property
    def manager(self) -> bool:
        """Say whether the node is a manager."""
        return self.spec.role == "manager"
