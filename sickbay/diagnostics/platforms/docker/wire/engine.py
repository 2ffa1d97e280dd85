"""Shapes of the engine itself: version, information, disk usage and events."""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct, field

from sickbay.diagnostics.platforms.docker.wire.base import Wire
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerSummary
from sickbay.diagnostics.platforms.docker.wire.images import ImageSummary

#: What the kernel calls a processor: the architectures of images that run on it by themselves.
_RUNS = {
    "x86_64": ("amd64", "386"), "amd64": ("amd64", "386"), "aarch64": ("arm64", "arm"), "arm64": ("arm64", "arm"),
    "armv7l": ("arm",), "armv6l": ("arm",), "ppc64le": ("ppc64le",), "s390x": ("s390x",), "riscv64": ("riscv64",),
}  # fmt: skip


class Version(Wire, frozen=True, kw_only=True):
    """`GET /version`."""

    version: str = ""
    api_version: str = ""
    min_api_version: str = field(default="", name="MinAPIVersion")
    os: str = ""
    arch: str = ""
    kernel_version: str = ""
    components: tuple[Mapping[str, object], ...] = ()

    @property
    def podman(self) -> bool:
        """Say whether this is Podman behind the Docker API: its drivers and versions have names of their own."""
        return any("Podman" in str(component.get("Name", "")) for component in self.components)


class IndexConfig(Wire, frozen=True, kw_only=True):
    """How the engine reaches one registry; not `secure` means plain HTTP, or any certificate."""

    secure: bool = True


class RegistryConfig(Wire, frozen=True, kw_only=True):
    """Registries that the engine reaches without TLS or through a mirror."""

    insecure_registry_cidrs: tuple[str, ...] = field(default=(), name="InsecureRegistryCIDRs")
    index_configs: Mapping[str, IndexConfig] = {}
    mirrors: tuple[str, ...] = ()


class Plugins(Wire, frozen=True, kw_only=True):
    """Drivers that the engine has, by kind."""

    volume: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    authorization: tuple[str, ...] = ()


class SwarmState(Wire, frozen=True, kw_only=True):
    """The host's part in a swarm; `local_node_state` is inactive, pending, active, error or locked."""

    local_node_state: str = ""
    nodes: int = 0


class Info(Wire, frozen=True, kw_only=True):
    """`GET /info`."""

    id: str = field(default="", name="ID")
    name: str = ""
    server_version: str = ""
    operating_system: str = ""
    os_type: str = field(default="", name="OSType")
    architecture: str = ""
    kernel_version: str = ""
    driver: str = ""
    driver_status: tuple[tuple[str, str], ...] = ()
    docker_root_dir: str = ""
    cgroup_driver: str = ""
    cgroup_version: str = ""
    memory_limit: bool | None = None
    swap_limit: bool | None = None
    ipv4_forwarding: bool | None = field(default=None, name="IPv4Forwarding")
    live_restore_enabled: bool = False
    logging_driver: str = ""
    debug: bool = False
    experimental_build: bool = False
    swarm: SwarmState = SwarmState()
    security_options: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    system_time: str = ""
    n_fd: int = field(default=-1, name="NFd")
    n_goroutines: int = field(default=-1, name="NGoroutines")
    ncpu: int = field(default=0, name="NCPU")
    mem_total: int = 0
    containers: int = 0
    images: int = 0
    registry_config: RegistryConfig = RegistryConfig()
    plugins: Plugins = Plugins()
    default_runtime: str = ""

    @property
    def runs(self) -> tuple[str, ...]:
        """Give the architectures of the images that run here without emulation; nothing where that is not known."""
        return _RUNS.get(self.architecture, ())


class VolumeUsage(Wire, frozen=True, kw_only=True):
    """How large a volume is, bytes, and how many containers use it; -1 where the engine does not say."""

    size: int = -1
    ref_count: int = -1


class Volume(Wire, frozen=True, kw_only=True):
    """One volume in `GET /system/df`."""

    name: str = ""
    driver: str = ""
    usage_data: VolumeUsage = VolumeUsage()


class BuildCache(Wire, frozen=True, kw_only=True):
    """One record of the build cache in `GET /system/df`, size in bytes."""

    size: int = 0
    in_use: bool = False


class DiskUsage(Wire, frozen=True, kw_only=True):
    """`GET /system/df`; sizes in bytes."""

    layers_size: int = 0
    images: tuple[ImageSummary, ...] = ()
    containers: tuple[ContainerSummary, ...] = ()
    volumes: tuple[Volume, ...] = ()
    build_cache: tuple[BuildCache, ...] = ()

    @property
    def unused_images(self) -> int:
        """Give the bytes of images that no container was made from; what they share with others is not counted."""
        return sum(image.own_size for image in self.images if image.containers == 0)

    @property
    def unused_cache(self) -> int:
        """Give the bytes of the build cache that no build uses."""
        return sum(record.size for record in self.build_cache if not record.in_use)


class Actor(Struct, frozen=True, kw_only=True, rename={"id": "ID", "attributes": "Attributes"}):
    """Whom an event happened to."""

    id: str = ""
    attributes: Mapping[str, str] = {}


class Event(
    Struct,
    frozen=True,
    kw_only=True,
    rename={"type": "Type", "action": "Action", "actor": "Actor", "time_nano": "timeNano"},
):
    """One of `GET /events`: the engine remembers the last 256. `time_nano` is nanoseconds since 1970.

    `scope` is `swarm` where it is one of the swarm's and not of the engine's own.
    """

    type: str = ""
    scope: str = ""
    action: str = ""
    actor: Actor = Actor()
    time_nano: int = 0

    @property
    def at(self) -> datetime:
        """Give the moment of the event."""
        return datetime.fromtimestamp(self.time_nano / 1e9, UTC)
