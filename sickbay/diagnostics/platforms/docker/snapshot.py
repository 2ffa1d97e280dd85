"""What the collector read of one Docker host at one moment, and how its parts depend on each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Evidence, Gap, Subject
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect, ContainerSummary, Processes, State
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage, Event, Info, Version
from sickbay.diagnostics.platforms.docker.wire.images import HistoryLayer, ImageInspect
from sickbay.diagnostics.platforms.docker.wire.statistics import Stats
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

    `summaries` lists every container of the host, whatever the scope, with the ports it publishes. `images` holds the
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
        """Give how many engines, containers, images and events were read; empty when none was told."""
        if self.unreachable or self.silent:
            return {}
        counted = {
            "engines": 1,
            "containers": len(self.containers),
            "images": len(self.images),
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

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        """Give what each subject depends on.

        A container depends on its host, image, networks and volumes, and (through others too) on the containers that
        it waits for, links to or borrows from; a project on its members; a host on its privileged containers, which
        can change it; an image on its host.
        """
        needs = _needs(self.containers)
        graph = {
            item.subject: frozenset({self.subject, *_parts(item), *_closure(item.subject, needs)} - {item.subject})
            for item in self.containers
        }
        for item in self.containers:
            if item.project:
                project = Subject("project", item.project)
                graph[project] = graph.get(project, frozenset({self.subject})) | {item.subject}
            graph[Subject("image", item.inspect.config.image)] = frozenset({self.subject})
        powerful = (item.subject for item in self.containers if item.inspect.host_config.privileged)
        return {**graph, self.subject: frozenset(powerful)}

    def pulls(self) -> tuple[Pull, ...]:
        """Give the images that their registries can be asked about: see images.py."""
        from sickbay.diagnostics.platforms.docker.images import pulls_of

        return tuple(pulls_of(self))


def _needs(containers: Iterable[Container]) -> Mapping[Subject, frozenset[Subject]]:
    """Give, for each container, those that it names itself as what it waits for, links to or borrows from."""
    containers = tuple(containers)
    by_service: dict[tuple[str, str], set[Subject]] = {}
    by_name: dict[str, Subject] = {}
    for item in containers:
        by_name |= {item.name: item.subject, item.inspect.id: item.subject}
        if item.project:
            by_service.setdefault((item.project, item.service), set()).add(item.subject)
    needs = {}
    for item in containers:
        waited_for = (by_service.get((item.project, service), set()) for service in item.depends_on)
        referred = {by_name[name] for name in _references(item) if name in by_name}
        needs[item.subject] = frozenset(referred.union(*waited_for) - {item.subject})
    return needs


def _references(container: Container) -> Iterator[str]:
    """Yield names and ids of the containers that it links to, or whose volumes or network it uses."""
    host_config = container.inspect.host_config
    yield from (link.split(":")[0].lstrip("/") for link in host_config.links)
    yield from (source.split(":")[0] for source in host_config.volumes_from)
    mode, _, joined = host_config.network_mode.partition(":")
    if mode == "container":
        yield joined


def _parts(container: Container) -> Iterator[Subject]:
    yield Subject("image", container.inspect.config.image)
    for network in container.inspect.network_settings.networks:
        yield Subject("network", network)
    for mount in container.inspect.mounts:
        if mount.type == "volume":
            yield Subject("volume", mount.name)


def _closure(start: Subject, needs: Mapping[Subject, frozenset[Subject]]) -> set[Subject]:
    seen: set[Subject] = set()
    waiting = [start]
    while waiting:
        for needed in needs.get(waiting.pop(), frozenset()):
            if needed not in seen:
                seen.add(needed)
                waiting.append(needed)
    return seen
