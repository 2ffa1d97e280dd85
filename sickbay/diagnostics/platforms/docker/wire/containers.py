"""Shapes of containers: the list and the inspection."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import field

from sickbay.diagnostics.platforms.docker.wire.base import NEVER, Wire


class PublishedPort(Wire, frozen=True, kw_only=True):
    """One port in the list; `public_port` is 0 where it is not published."""

    ip: str = field(default="", name="IP")
    private_port: int = 0
    public_port: int = 0
    type: str = ""


class HealthProbe(Wire, frozen=True, kw_only=True):
    """One run of a health check."""

    start: datetime = NEVER
    end: datetime = NEVER
    exit_code: int = 0
    output: str = ""


class Health(Wire, frozen=True, kw_only=True):
    """What the health check says; `status` is none, starting, healthy or unhealthy."""

    status: str = ""
    failing_streak: int = 0
    log: tuple[HealthProbe, ...] = ()


class State(Wire, frozen=True, kw_only=True):
    """Where a container stands; `status` is created, running, paused, restarting, removing, exited or dead."""

    status: str = ""
    running: bool = False
    paused: bool = False
    restarting: bool = False
    oom_killed: bool = field(default=False, name="OOMKilled")
    dead: bool = False
    pid: int = 0
    exit_code: int = 0
    error: str = ""
    started_at: datetime = NEVER
    finished_at: datetime = NEVER
    health: Health | None = None


class Healthcheck(Wire, frozen=True, kw_only=True):
    """How a container is probed; durations in nanoseconds, 0 for the engine's default (30 s, 30 s, 3 retries)."""

    test: tuple[str, ...] = ()
    interval: int = 0
    timeout: int = 0
    retries: int = 0
    start_period: int = 0


class Config(Wire, frozen=True, kw_only=True):
    """What a container was made to be; `env` is redacted by the collector."""

    hostname: str = ""
    user: str = ""
    tty: bool = False
    env: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    image: str = ""
    working_dir: str = ""
    labels: Mapping[str, str] = {}
    exposed_ports: Mapping[str, Mapping[str, object]] = {}
    volumes: Mapping[str, Mapping[str, object]] = {}
    healthcheck: Healthcheck | None = None
    stop_signal: str = ""
    stop_timeout: int | None = None


class RestartPolicy(Wire, frozen=True, kw_only=True):
    """`name` is empty, no, always, unless-stopped or on-failure."""

    name: str = ""
    maximum_retry_count: int = 0


class LogConfig(Wire, frozen=True, kw_only=True):
    """The log driver and its options."""

    type: str = ""
    config: Mapping[str, str] = {}


class PortBinding(Wire, frozen=True, kw_only=True):
    """Where on the host a port is published."""

    host_ip: str = ""
    host_port: str = ""


class Device(Wire, frozen=True, kw_only=True):
    """A device of the host given to a container."""

    path_on_host: str = ""
    path_in_container: str = ""
    cgroup_permissions: str = ""


class HostConfig(Wire, frozen=True, kw_only=True):
    """What a container may use of its host; memory in bytes, 0 or -1 for no limit."""

    binds: tuple[str, ...] = ()
    network_mode: str = ""
    port_bindings: Mapping[str, tuple[PortBinding, ...]] = {}
    restart_policy: RestartPolicy = RestartPolicy()
    log_config: LogConfig = LogConfig()
    auto_remove: bool = False
    init: bool | None = None
    memory: int = 0
    memory_swap: int = 0
    memory_reservation: int = 0
    nano_cpus: int = 0
    cpu_quota: int = 0
    cpu_period: int = 0
    cpu_shares: int = 0
    cpuset_cpus: str = ""
    pids_limit: int | None = None
    oom_kill_disable: bool | None = None
    privileged: bool = False
    readonly_rootfs: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    pid_mode: str = ""
    ipc_mode: str = ""
    uts_mode: str = field(default="", name="UTSMode")
    userns_mode: str = ""
    cgroup_parent: str = ""
    devices: tuple[Device, ...] = ()
    links: tuple[str, ...] = ()
    volumes_from: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()


class Mount(Wire, frozen=True, kw_only=True):
    """One mount; `type` is bind, volume, tmpfs or npipe."""

    type: str = ""
    name: str = ""
    source: str = ""
    destination: str = ""
    driver: str = ""
    mode: str = ""
    rw: bool = field(default=True, name="RW")
    propagation: str = ""


class Endpoint(Wire, frozen=True, kw_only=True):
    """A container's place on one network."""

    network_id: str = field(default="", name="NetworkID")
    ip_address: str = field(default="", name="IPAddress")
    gateway: str = ""
    aliases: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = field(default=(), name="DNSNames")


class NetworkSettings(Wire, frozen=True, kw_only=True):
    """The networks and published ports that a container really has."""

    networks: Mapping[str, Endpoint] = {}
    ports: Mapping[str, tuple[PortBinding, ...]] = {}


class ContainerSummary(Wire, frozen=True, kw_only=True):
    """One of `GET /containers/json?all=1`; of its host configuration it tells the network mode alone."""

    id: str
    names: tuple[str, ...] = ()
    image: str = ""
    image_id: str = field(default="", name="ImageID")
    state: str = ""
    status: str = ""
    created: int = 0
    ports: tuple[PublishedPort, ...] = ()
    labels: Mapping[str, str] = {}
    size_rw: int = -1
    host_config: HostConfig = HostConfig()
    network_settings: NetworkSettings = NetworkSettings()
    mounts: tuple[Mount, ...] = ()

    @property
    def name(self) -> str:
        """Give the container's own name; those that links give it have two slashes."""
        own = [name for name in self.names if name.count("/") <= 1] or list(self.names) or [self.id[:12]]
        return own[0].lstrip("/")


class ContainerInspect(Wire, frozen=True, kw_only=True):
    """`GET /containers/{id}/json?size=1`; `size_rw` is the container's own layer, bytes, -1 when not measured."""

    id: str
    name: str = ""
    created: datetime = NEVER
    path: str = ""
    args: tuple[str, ...] = ()
    image: str = ""
    platform: str = ""
    driver: str = ""
    restart_count: int = 0
    size_rw: int = -1
    state: State = State()
    config: Config = Config()
    host_config: HostConfig = HostConfig()
    network_settings: NetworkSettings = NetworkSettings()
    mounts: tuple[Mount, ...] = ()
    app_armor_profile: str = ""


class Processes(Wire, frozen=True, kw_only=True):
    """`GET /containers/{id}/top`: a row a process, under the titles that ps printed."""

    titles: tuple[str, ...] = ()
    processes: tuple[tuple[str, ...], ...] = ()
