"""Shapes of services and of the specification that their tasks are made from."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import field

from sickbay.diagnostics.platforms.docker.wire.base import NEVER, Wire
from sickbay.diagnostics.platforms.docker.wire.containers import Healthcheck


class DriverConfig(Wire, frozen=True, kw_only=True):
    """A driver by its name; empty for the engine's own."""

    name: str = ""


class VolumeOptions(Wire, frozen=True, kw_only=True):
    """With which driver a volume is made."""

    driver_config: DriverConfig = DriverConfig()


class ServiceMount(Wire, frozen=True, kw_only=True):
    """One mount; `type` is bind, volume, tmpfs, npipe or cluster."""

    type: str = ""
    source: str = ""
    target: str = ""
    volume_options: VolumeOptions = VolumeOptions()


class TargetFile(Wire, frozen=True, kw_only=True):
    """The file in a task that holds a config or a secret."""

    name: str = ""


class ConfigUse(Wire, frozen=True, kw_only=True):
    """A config that a task is given as a file."""

    config_name: str = ""
    file: TargetFile = TargetFile()


class SecretUse(Wire, frozen=True, kw_only=True):
    """A secret that a task is given as a file: its name alone."""

    secret_name: str = ""
    file: TargetFile = TargetFile()


class ContainerSpec(Wire, frozen=True, kw_only=True):
    """What a task runs; `env` is redacted by the collector."""

    image: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    user: str = ""
    dir: str = ""
    tty: bool = field(default=False, name="TTY")
    mounts: tuple[ServiceMount, ...] = ()
    healthcheck: Healthcheck | None = None
    configs: tuple[ConfigUse, ...] = ()
    secrets: tuple[SecretUse, ...] = ()


class Quantities(Wire, frozen=True, kw_only=True):
    """Processors in billionths and memory in bytes."""

    nano_cpus: int = field(default=0, name="NanoCPUs")
    memory_bytes: int = 0


class Resources(Wire, frozen=True, kw_only=True):
    """What a task may use at most, and what a node must have left for it."""

    limits: Quantities = Quantities()
    reservations: Quantities = Quantities()


class WantedPlatform(Wire, frozen=True, kw_only=True):
    """A platform that the image was built for; empty parts fit any."""

    architecture: str = ""
    os: str = field(default="", name="OS")


class Placement(Wire, frozen=True, kw_only=True):
    """On which nodes a task may run."""

    constraints: tuple[str, ...] = ()
    max_replicas: int = 0
    platforms: tuple[WantedPlatform, ...] = ()


class NetworkUse(Wire, frozen=True, kw_only=True):
    """A network of a service, by its id or name."""

    target: str = ""


class RestartPolicy(Wire, frozen=True, kw_only=True):
    """When a task that ended is replaced: `none`, `on-failure` or `any` (the default); `delay` in nanoseconds."""

    condition: str = "any"
    delay: int = 0
    max_attempts: int = 0


class TaskSpec(Wire, frozen=True, kw_only=True):
    """What a service's tasks are made from."""

    container_spec: ContainerSpec = ContainerSpec()
    resources: Resources = Resources()
    restart_policy: RestartPolicy = RestartPolicy()
    placement: Placement = Placement()
    networks: tuple[NetworkUse, ...] = ()
    log_driver: DriverConfig = DriverConfig()
    force_update: int = 0


class Count(Wire, frozen=True, kw_only=True):
    """How many tasks of a replicated service there should be; without a number, one."""

    replicas: int = 1


class JobCount(Wire, frozen=True, kw_only=True):
    """How many tasks of a job must complete, and how many run at the same time."""

    max_concurrent: int = 1
    total_completions: int = 0


class Everywhere(Wire, frozen=True, kw_only=True):
    """A service or job of which every node runs one task."""


class Mode(Wire, frozen=True, kw_only=True):
    """How many tasks a service has: the one that is set decides."""

    replicated: Count | None = None
    global_: Everywhere | None = field(default=None, name="Global")
    replicated_job: JobCount | None = None
    global_job: Everywhere | None = None


class Port(Wire, frozen=True, kw_only=True):
    """A published port; `publish_mode` is ingress (on every node) or host (where the task runs)."""

    protocol: str = "tcp"
    target_port: int = 0
    published_port: int = 0
    publish_mode: str = "ingress"


class EndpointSpec(Wire, frozen=True, kw_only=True):
    """How a service is reached."""

    mode: str = "vip"
    ports: tuple[Port, ...] = ()


class ServiceSpec(Wire, frozen=True, kw_only=True):
    """What a service is meant to be."""

    name: str = ""
    labels: Mapping[str, str] = {}
    task_template: TaskSpec = TaskSpec()
    mode: Mode = Mode()
    endpoint_spec: EndpointSpec = EndpointSpec()


class VirtualAddress(Wire, frozen=True, kw_only=True):
    """The address of a service on one network."""

    network_id: str = field(default="", name="NetworkID")
    addr: str = ""


class ServiceEndpoint(Wire, frozen=True, kw_only=True):
    """How a service is really reached."""

    virtual_ips: tuple[VirtualAddress, ...] = field(default=(), name="VirtualIPs")


class UpdateStatus(Wire, frozen=True, kw_only=True):
    """How the last update went.

    `state` is updating, paused, completed, rollback_started, rollback_paused or rollback_completed.
    """

    state: str = ""
    started_at: datetime = NEVER
    completed_at: datetime = NEVER
    message: str = ""


class Index(Wire, frozen=True, kw_only=True):
    """A count that the swarm keeps."""

    index: int = 0


class JobStatus(Wire, frozen=True, kw_only=True):
    """The run that a job is in: each `--force` begins another."""

    job_iteration: Index = Index()


class Service(Wire, frozen=True, kw_only=True):
    """One of `GET /services`; `changed_secrets` are variables whose hidden value the last update made another."""

    id: str = field(name="ID")
    created_at: datetime = NEVER
    updated_at: datetime = NEVER
    spec: ServiceSpec = ServiceSpec()
    previous_spec: ServiceSpec | None = None
    endpoint: ServiceEndpoint = ServiceEndpoint()
    update_status: UpdateStatus = UpdateStatus()
    job_status: JobStatus = JobStatus()
    changed_secrets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Give the service's name."""
        return self.spec.name

    @property
    def template(self) -> TaskSpec:
        """Give what its tasks are made from."""
        return self.spec.task_template

    @property
    def image(self) -> str:
        """Give the image that its tasks are made from."""
        return self.template.container_spec.image

    @property
    def stack(self) -> str:
        """Give the stack that it was deployed with, or nothing."""
        return self.spec.labels.get("com.docker.stack.namespace", "")

    @property
    def job(self) -> bool:
        """Say whether its tasks are to end."""
        return self.spec.mode.replicated_job is not None or self.spec.mode.global_job is not None

    @property
    def on_every_node(self) -> bool:
        """Say whether each node runs one of its tasks."""
        return self.spec.mode.global_ is not None or self.spec.mode.global_job is not None
