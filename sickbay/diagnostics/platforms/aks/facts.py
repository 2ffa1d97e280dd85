"""What was read of an AKS cluster, as it was read: Azure's side, the Kubernetes part, and what is missing."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.aks.wire.base import Usage
from sickbay.diagnostics.platforms.aks.wire.clusters import (
    AgentPool,
    KubernetesVersion,
    ManagedCluster,
    OutboundEndpoints,
)
from sickbay.diagnostics.platforms.aks.wire.monitoring import ActivityEvent, AvailabilityStatus
from sickbay.diagnostics.platforms.aks.wire.resources import ContainerService, Resource, RoleAssignment
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot as Kubernetes
from sickbay.diagnostics.targets import Request


class Obstacle(StrEnum):
    """What kept the collector from reading Azure's side at all, in words that redaction takes for no secret's name."""

    NO_CREDENTIALS = "nobody is signed in"
    EXPIRED = "the sign-in has expired"
    REFUSED_SIGN_IN = "the sign-in is refused"
    UNAUTHORIZED = "the sign-in is not accepted"
    FORBIDDEN = "access denied"
    TIMEOUT = "no answer in time"
    OTHER = "request failed"


_SIGN_IN = frozenset({Obstacle.NO_CREDENTIALS, Obstacle.EXPIRED, Obstacle.REFUSED_SIGN_IN})


class Unreachable(Struct, frozen=True, kw_only=True):
    """Why Azure told nothing: the class of the obstacle and the redacted text of the error."""

    obstacle: Obstacle
    message: str

    @property
    def text(self) -> str:
        """Give what a gap says: of a sign-in that failed its class too, which the error itself tells badly."""
        return f"{self.obstacle}: {self.message}" if self.obstacle in _SIGN_IN else self.message


class PoolMachines(Struct, frozen=True, kw_only=True):
    """The machines of a failed node pool: how many there are, and how their scale set and its extensions fare."""

    pool: str
    machines: int = 0
    scale_set: str = ""
    statuses: tuple[str, ...] = ()


class Snat(Struct, frozen=True, kw_only=True):
    """Outbound connections within the last hour through a `resource` of Microsoft.Network, as in `natGateways/NAME`.

    `failed` connections, and the most ports that were in use at a time of those that are there (0 where that is not
    known). A NAT gateway has each of its ports once for every destination, so that more may be in use than there are.
    `available` is the share of the last 15 minutes in which a NAT gateway worked, in per cent; None where not known.
    """

    resource: str
    failed: float = 0
    used: float = 0
    allocated: float = 0
    available: float | None = None

    @property
    def gateway(self) -> bool:
        """Say whether it is a NAT gateway, and no load balancer."""
        return self.resource.startswith("natGateways/")

    @property
    def name(self) -> str:
        """Give its name."""
        return self.resource.rpartition("/")[2]

    @property
    def share(self) -> float:
        """Give the share of the ports that was in use, 0 where it is not known."""
        return self.used / self.allocated if self.allocated else 0.0


class Insight(Struct, frozen=True, kw_only=True):
    """What one of AKS's own detectors says.

    It is `critical`, or else a warning or advice; `of_azure` where it is about what Azure runs itself.
    """

    detector: str
    title: str
    message: str
    critical: bool = True
    of_azure: bool = False


class Facts(Struct, frozen=True, kw_only=True):
    """One AKS cluster. `name` is the target's, `id` the cluster's in Resource Manager.

    `unreachable` says why Azure told nothing, `kubernetes` is None where there is no way to the Kubernetes API.
    `latest_images` holds the newest node image by pool, `roles` is None where role assignments were not read.
    `machines` and `cores` are read only for pools that failed. `services` are what is left of Azure Container Service,
    `engine_machines` the machines that acs-engine or aks-engine made.
    """

    request: Request
    taken_at: datetime
    name: str
    id: str
    unreachable: Unreachable | None = None
    cluster: ManagedCluster | None = None
    pools: tuple[AgentPool, ...] = ()
    latest_images: dict[str, str] = {}
    versions: tuple[KubernetesVersion, ...] = ()
    endpoints: tuple[OutboundEndpoints, ...] = ()
    machines: tuple[PoolMachines, ...] = ()
    cores: tuple[Usage, ...] = ()
    subnets: tuple[Usage, ...] = ()
    snat: tuple[Snat, ...] = ()
    health: AvailabilityStatus | None = None
    insights: tuple[Insight, ...] = ()
    activity: tuple[ActivityEvent, ...] = ()
    roles: tuple[RoleAssignment, ...] | None = None
    services: tuple[ContainerService, ...] = ()
    engine_machines: tuple[Resource, ...] = ()
    kubernetes: Kubernetes | None = None
    gaps: tuple[Gap, ...] = ()
