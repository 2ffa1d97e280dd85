"""Shapes of task definitions; of environments the values are not kept."""

from collections.abc import Mapping

from sickbay.diagnostics.platforms.ecs.wire.base import Wire, last_part
from sickbay.diagnostics.platforms.ecs.wire.tasks import Attribute


class PlacementConstraint(Wire, frozen=True, kw_only=True):
    """Which instances a task may be placed on."""

    type: str = ""
    expression: str = ""


class PortMapping(Wire, frozen=True, kw_only=True):
    """A port of a container; host port 0 stands for one that is free."""

    container_port: int = 0
    host_port: int = 0
    protocol: str = "tcp"


class Variable(Wire, frozen=True, kw_only=True):
    """A variable of the environment, and a mark by which one diagnosis tells whether its value is another's."""

    name: str = ""
    mark: str = ""


class Secret(Wire, frozen=True, kw_only=True):
    """Where the value of a variable comes from."""

    name: str = ""
    value_from: str = ""


class Dependency(Wire, frozen=True, kw_only=True):
    """A container that another waits for, and until when."""

    container_name: str = ""
    condition: str = ""


class LogConfiguration(Wire, frozen=True, kw_only=True):
    """Where a container's log goes."""

    log_driver: str = ""
    options: Mapping[str, str] = {}


class HealthCheck(Wire, frozen=True, kw_only=True):
    """A container's own health check; times in seconds."""

    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0


class LinuxParameters(Wire, frozen=True, kw_only=True):
    """Of what Linux gives a container: whether a process of its own collects those that are left behind."""

    init_process_enabled: bool = False


class ResourceRequirement(Wire, frozen=True, kw_only=True):
    """What a container asks for besides CPU and memory: so many GPUs."""

    type: str = ""
    value: str = ""


class ContainerDefinition(Wire, frozen=True, kw_only=True):
    """One container of a task definition; memory in MiB."""

    name: str = ""
    image: str = ""
    cpu: int = 0
    memory: int = 0
    memory_reservation: int = 0
    essential: bool = True
    port_mappings: tuple[PortMapping, ...] = ()
    entry_point: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: tuple[Variable, ...] = ()
    secrets: tuple[Secret, ...] = ()
    depends_on: tuple[Dependency, ...] = ()
    log_configuration: LogConfiguration | None = None
    health_check: HealthCheck | None = None
    readonly_root_filesystem: bool = False
    linux_parameters: LinuxParameters = LinuxParameters()
    resource_requirements: tuple[ResourceRequirement, ...] = ()


class RuntimePlatform(Wire, frozen=True, kw_only=True):
    """What a definition is built for."""

    cpu_architecture: str = ""
    operating_system_family: str = ""


class TaskDefinition(Wire, frozen=True, kw_only=True):
    """One of `DescribeTaskDefinition`; `cpu` in units and `memory` in MiB, both as text, both optional on EC2."""

    task_definition_arn: str
    family: str = ""
    network_mode: str = ""
    execution_role_arn: str = ""
    task_role_arn: str = ""
    cpu: str = ""
    memory: str = ""
    runtime_platform: RuntimePlatform | None = None
    pid_mode: str = ""
    requires_attributes: tuple[Attribute, ...] = ()
    placement_constraints: tuple[PlacementConstraint, ...] = ()
    container_definitions: tuple[ContainerDefinition, ...] = ()

    @property
    def name(self) -> str:
        """Give `family:revision`."""
        return last_part(self.task_definition_arn)

    @property
    def cpu_units(self) -> int:
        """Give the CPU units that one task reserves."""
        return int(self.cpu) if self.cpu.isdigit() else sum(item.cpu for item in self.container_definitions)

    @property
    def mebibytes(self) -> int:
        """Give the memory that one task reserves."""
        if self.memory.isdigit():
            return int(self.memory)
        return sum(item.memory_reservation or item.memory for item in self.container_definitions)

    @property
    def gpus(self) -> int:
        """Give the number of GPUs that one task takes."""
        asked = (one for item in self.container_definitions for one in item.resource_requirements)
        return sum(int(one.value) for one in asked if one.type == "GPU" and one.value.isdigit())

    @property
    def static_bindings(self) -> frozenset[tuple[str, int]]:
        """Give the ports, by protocol, that one task takes on its instance: only one such task fits on each."""
        if self.network_mode == "awsvpc":
            return frozenset()
        host = self.network_mode == "host"
        mappings = (one for item in self.container_definitions for one in item.port_mappings)
        bindings = ((one.protocol, one.host_port or (one.container_port if host else 0)) for one in mappings)
        return frozenset((protocol, port) for protocol, port in bindings if port)

    @property
    def static_ports(self) -> tuple[int, ...]:
        """Give the numbers of these ports."""
        return tuple(sorted({port for _, port in self.static_bindings}))

    def container(self, name: str) -> ContainerDefinition | None:
        """Give the container of this name."""
        return next((item for item in self.container_definitions if item.name == name), None)
