"""Shapes of container instances."""

from datetime import datetime

from sickbay.diagnostics.platforms.ecs.wire.base import Wire, last_part
from sickbay.diagnostics.platforms.ecs.wire.tasks import Attribute

#: The protocols of the ports that a resource counts.
_PROTOCOLS = {"PORTS": "tcp", "PORTS_UDP": "udp"}


class Resource(Wire, frozen=True, kw_only=True):
    """An amount of CPU units, of memory in MiB, or a set of ports."""

    name: str = ""
    integer_value: int = 0
    string_set_value: tuple[str, ...] = ()


class VersionInfo(Wire, frozen=True, kw_only=True):
    """The version of the agent."""

    agent_version: str = ""


class HealthDetail(Wire, frozen=True, kw_only=True):
    """One check of an instance's own health, such as its container runtime."""

    type: str = ""
    status: str = ""


class InstanceHealth(Wire, frozen=True, kw_only=True):
    """How an instance says it fares."""

    overall_status: str = ""
    details: tuple[HealthDetail, ...] = ()


class ContainerInstance(Wire, frozen=True, kw_only=True):
    """One of `DescribeContainerInstances`: a machine that tasks are placed on."""

    container_instance_arn: str
    ec2_instance_id: str = ""
    capacity_provider_name: str = ""
    status: str = ""
    status_reason: str = ""
    agent_connected: bool = True
    agent_update_status: str = ""
    running_tasks_count: int = 0
    registered_at: datetime | None = None
    version_info: VersionInfo = VersionInfo()
    remaining_resources: tuple[Resource, ...] = ()
    registered_resources: tuple[Resource, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    health_status: InstanceHealth | None = None

    @property
    def name(self) -> str:
        """Give the EC2 instance's id, or for an external machine its own."""
        return self.ec2_instance_id or last_part(self.container_instance_arn)

    def attribute(self, name: str) -> str:
        """Give the value of an attribute, such as `ecs.instance-type`, or nothing."""
        return next((item.value for item in self.attributes if item.name == name), "")

    @property
    def placeable(self) -> bool:
        """Say whether tasks can be placed there."""
        return self.status == "ACTIVE" and self.agent_connected

    def free(self, name: str) -> int:
        """Give what is left of CPU (units) or MEMORY (MiB)."""
        return next((item.integer_value for item in self.remaining_resources if item.name == name), 0)

    def total(self, name: str) -> int:
        """Give what there is of CPU (units) or MEMORY (MiB)."""
        return next((item.integer_value for item in self.registered_resources if item.name == name), 0)

    @property
    def free_gpus(self) -> int:
        """Give how many GPUs are left."""
        return sum(len(item.string_set_value) for item in self.remaining_resources if item.name == "GPU")

    @property
    def taken_bindings(self) -> frozenset[tuple[str, int]]:
        """Give the ports that are taken, by protocol, those of the system left in."""
        held = ((_PROTOCOLS[item.name], item) for item in self.remaining_resources if item.name in _PROTOCOLS)
        return frozenset(
            (protocol, int(port)) for protocol, item in held for port in item.string_set_value if port.isdigit()
        )
