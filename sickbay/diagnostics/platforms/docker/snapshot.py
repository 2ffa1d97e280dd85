"""What the collector read of one Docker host at one moment, and how its parts depend on each other."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Evidence, Gap, Subject
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect, ContainerSummary, Processes, State
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage, Event, Info, Version
from sickbay.diagnostics.platforms.docker.wire.images import HistoryLayer, ImageInspect
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from sickbay.diagnostics.platforms.docker.wire.statistics import Stats
from sickbay.diagnostics.platforms.docker.wire.volumes import Plugin, Volume
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.targets import Request

COMPOSE = "com.docker.compose."


class Obstacle(StrEnum):
    """What kept the collector from talking to the engine at all."""

    MISSING_SOCKET = "missing socket"
    PERMISSION = "permission denied"
    REFUSED = "connection refused"
    TIMEOUT = "no answer in time"
    TLS = "TLS handshake failed"
    NAME = "host name not found"
    SSH = "SSH failed"
    PROTOCOL = "not a Docker engine"
    API_VERSION = "API version not supported"
    OTHER = "connection failed"


class Unreachable(Struct, frozen=True, kw_only=True):
    """Why nothing could be read: the class of the obstacle and the redacted text of the error."""

    obstacle: Obstacle
    message: str


class Container(Struct, frozen=True, kw_only=True):
    """One container: its inspection, and for the unwell their log; two samples of statistics for the running."""

    inspect: ContainerInspect
    read_at: datetime
    log: LogTail | None = None
    samples: tuple[Stats, ...] = ()
    processes: Processes | None = None

    @property
    def name(self) -> str:
        """Give the name without Docker's leading slash."""
        return self.inspect.name.lstrip("/")

    @property
    def subject(self) -> Subject:
        """Give the container as the subject of a finding."""
        return Subject("container", self.name)

    @property
    def state(self) -> State:
        """Give where the container stands."""
        return self.inspect.state

    @property
    def labels(self) -> Mapping[str, str]:
        """Give the container's labels."""
        return self.inspect.config.labels

    @property
    def project(self) -> str:
        """Give the Compose project, or nothing."""
        return self.labels.get(COMPOSE + "project", "")

    @property
    def service(self) -> str:
        """Give the Compose service, or nothing."""
        return self.labels.get(COMPOSE + "service", "")

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Give the Compose services that this one waits for (label `depends_on`: `name:condition:restart,…`)."""
        written = self.labels.get(COMPOSE + "depends_on", "")
        return tuple(part.split(":")[0].strip() for part in written.split(",") if part.strip())

    @property
    def ever_started(self) -> bool:
        """Say whether the container has run at all."""
        return self.state.started_at > NEVER

    @property
    def commands(self) -> tuple[str, ...]:
        """Give what runs inside, a command line each; empty where the processes were not read."""
        listed = self.processes.processes if self.processes else ()
        return tuple(row[-1] for row in listed if row)

    def evidence(self, field: str, value: object) -> Evidence:
        """Give a fact of the inspection as evidence."""
        return Evidence(source=f"GET /containers/{self.name}/json {field}", value=str(value), at=self.read_at)

    def process_evidence(self, value: str) -> Evidence:
        """Give a fact of the list of processes as evidence."""
        return Evidence(source=f"GET /containers/{self.name}/top", value=value, at=self.read_at)

    def log_evidence(self) -> tuple[Evidence, ...]:
        """Give the log's tail as evidence, or nothing where none was read or it is empty."""
        if self.log is None or not self.log.text.strip():
            return ()
        return (self._logged(self.log.text),)

    def log_line(self, since: datetime, says: Callable[[str], object]) -> tuple[Evidence, ...]:
        """Give the last line written since then of which `says` is true as evidence, or nothing."""
        lines = [line for line in self.log.since(since) if says(line)] if self.log else []
        return tuple(self._logged(line) for line in lines[-1:])

    def _logged(self, text: str) -> Evidence:
        return Evidence(source=f"GET /containers/{self.name}/logs", value=text, at=self.read_at)


class Image(Struct, frozen=True, kw_only=True):
    """One image that a container uses or wants; `history` is newest first."""

    inspect: ImageInspect
    history: tuple[HistoryLayer, ...] = ()


class Snapshot(Struct, frozen=True, kw_only=True):
    """One Docker host. `taken_at` is by Sickbay's clock, `clock_at` the moment to compare the engine's SystemTime with.

    `summaries` lists every container of the host, whatever the scope, with its ports, networks and mounts; so do
    `networks` and `volumes` (those whose drivers answer; `volume_warnings` say which did not). `images` holds the
    images of containers, by id; `engine_samples` later answers of `/info`, for what grows.
    """

    request: Request
    taken_at: datetime
    host: str
    address: str
    tls: bool = False
    unreachable: Unreachable | None = None
    client_api_version: str = ""
    version: Version = Version()
    info: Info = Info()
    info_seconds: float = 0.0
    clock_at: datetime | None = None
    disk: DiskUsage | None = None
    summaries: tuple[ContainerSummary, ...] = ()
    containers: tuple[Container, ...] = ()
    stopped_before_window: int = 0
    images: Mapping[str, Image] = {}
    events: tuple[Event, ...] = ()
    engine_samples: tuple[Info, ...] = ()
    networks: tuple[Network, ...] = ()
    volumes: tuple[Volume, ...] = ()
    volume_warnings: tuple[str, ...] = ()
    plugins: tuple[Plugin, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def subject(self) -> Subject:
        """Give the host itself as the subject of a finding."""
        return Subject("host", self.host)

    @property
    def window_start(self) -> datetime:
        """Give the moment from which events and exits count."""
        return self.taken_at - self.request.window

    def looked_at(self) -> Mapping[str, int]:
        """Give how many engines, containers and so on were read; empty when none was told."""
        if self.unreachable or self.silent:
            return {}
        counted = {
            "engines": 1,
            "containers": len(self.containers),
            "images": len(self.images),
            "networks": len(self.networks_in_scope),
            "volumes": len(self.volumes_in_scope),
            "events": len(self.events),
            "containers stopped before the window": self.stopped_before_window,
        }
        return {kind: count for kind, count in counted.items() if count}

    @property
    def silent(self) -> bool:
        """Say whether an engine that was reached told neither of itself nor of any container."""
        return self.clock_at is None and not self.summaries

    def evidence(self, call: str, value: object) -> Evidence:
        """Give a fact about the host as evidence; `call` names the request and the field."""
        return Evidence(source=call, value=str(value), at=self.taken_at)

    def events_of(self, container: Container, *actions: str) -> Iterator[Event]:
        """Give the container's events in the window whose action is one of `actions`, oldest first."""
        for event in self.events:
            if event.type == "container" and event.actor.id == container.inspect.id and event.action in actions:
                yield event

    def image_of(self, container: Container) -> Image | None:
        """Give the image that the container was made from, where it could be read."""
        return self.images.get(container.inspect.image)

    @property
    def networks_in_scope(self) -> tuple[Network, ...]:
        """Give the networks that the diagnosis is about: all, or those that the scope's containers are on."""
        if not self.request.scope:
            return self.networks
        joined = {name for item in self.containers for name in item.inspect.network_settings.networks}
        return tuple(network for network in self.networks if network.name in joined)

    @property
    def volumes_in_scope(self) -> tuple[Volume, ...]:
        """Give the volumes that the diagnosis is about: all, or those that the scope's containers have mounted."""
        if not self.request.scope:
            return self.volumes
        mounted = {mount.name for item in self.containers for mount in item.inspect.mounts}
        return tuple(volume for volume in self.volumes if volume.name in mounted)

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        """Give what each subject depends on: see relations.py."""
        from sickbay.diagnostics.platforms.docker.relations import upstream_of

        return upstream_of(self)

    def pulls(self) -> tuple[Pull, ...]:
        """Give the images that their registries can be asked about: see images.py."""
        from sickbay.diagnostics.platforms.docker.images import pulls_of

        return tuple(pulls_of(self))
