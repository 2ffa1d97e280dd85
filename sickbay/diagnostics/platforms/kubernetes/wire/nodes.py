"""Shapes of nodes and of the leases by which components show that they live."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import field

from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition, Resource, Wire, Written


class Taint(Wire, frozen=True, kw_only=True):
    """What keeps pods off a node."""

    key: str = ""
    value: str = ""
    effect: str = ""
    time_added: datetime | None = None


class NodeSpec(Wire, frozen=True, kw_only=True):
    """How a node is set."""

    provider_id: str = field(default="", name="providerID")
    pod_cidr: str = field(default="", name="podCIDR")
    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()


class NodeInfo(Wire, frozen=True, kw_only=True):
    """What runs on a node; `boot_id` is another after each boot."""

    boot_id: str = field(default="", name="bootID")
    kernel_version: str = ""
    os_image: str = ""
    container_runtime_version: str = ""
    kubelet_version: str = ""
    operating_system: str = ""
    architecture: str = ""


class NodeAddress(Wire, frozen=True, kw_only=True):
    """One address of a node; `type` is InternalIP, ExternalIP or Hostname."""

    type: str = ""
    address: str = ""


class NodeStatus(Wire, frozen=True, kw_only=True):
    """How a node is, and what it has for pods (quantities as written)."""

    capacity: Mapping[str, str | int] = {}
    allocatable: Mapping[str, str | int] = {}
    conditions: tuple[Condition, ...] = ()
    addresses: tuple[NodeAddress, ...] = ()
    node_info: NodeInfo = NodeInfo()


class Node(Written, frozen=True, kw_only=True):
    """`GET /api/v1/nodes`."""

    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()

    def condition(self, kind: str) -> Condition | None:
        """Give the condition of that type, where the node has it."""
        return next((item for item in self.status.conditions if item.type == kind), None)


class LeaseSpec(Wire, frozen=True, kw_only=True):
    """Who holds the lease, and when it was last renewed."""

    holder_identity: str = ""
    lease_duration_seconds: int = 0
    renew_time: datetime | None = None


class Lease(Resource, frozen=True, kw_only=True):
    """`GET /apis/coordination.k8s.io/v1/leases`: of nodes in `kube-node-lease`, of controllers in `kube-system`."""

    spec: LeaseSpec = LeaseSpec()


class Usage(Wire, frozen=True, kw_only=True):
    """Quantities in use, as written."""

    cpu: str = "0"
    memory: str = "0"


class NodeMetrics(Resource, frozen=True, kw_only=True):
    """`GET /apis/metrics.k8s.io/v1beta1/nodes`."""

    usage: Usage = Usage()


class ContainerUsage(Wire, frozen=True, kw_only=True):
    """What one container uses."""

    name: str = ""
    usage: Usage = Usage()


class PodMetrics(Resource, frozen=True, kw_only=True):
    """`GET /apis/metrics.k8s.io/v1beta1/pods`."""

    containers: tuple[ContainerUsage, ...] = ()
