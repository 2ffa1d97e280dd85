"""The order in which one host is read: what depends on nothing starts first, and nothing waits alone."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

import msgspec
from msgspec.structs import replace

from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.docker.collector import sampling, scope, selection
from sickbay.diagnostics.platforms.docker.collector.calls import Calls
from sickbay.diagnostics.platforms.docker.collector.reading import Batch, Reading
from sickbay.diagnostics.platforms.docker.snapshot import Container, Image
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect, ContainerSummary
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage, Event, Info
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from sickbay.diagnostics.platforms.docker.wire.statistics import Stats
from sickbay.diagnostics.platforms.docker.wire.volumes import Plugin, VolumeList
from sickbay.diagnostics.targets import Request

#: Images inspected at most, and up to how many their history is read without being asked for by an audit.
IMAGES, HISTORIES = 100, 10
#: Up to how many containers `--top errors` reads the logs of those too that are well.
LOGS = 300
#: Networks inspected at most, and the drivers of those that nothing can be learnt of.
NETWORKS = 100
_WITHOUT_ENDPOINTS = frozenset({"host", "null"})
#: No engine's clock stands before it; one that says so has none, as Go's zero time.
_EPOCH = datetime.fromtimestamp(0, UTC)
#: States in which a container has statistics and processes.
_LIVE = frozenset({"running", "paused"})


class TimedInfo(msgspec.Struct, frozen=True):
    """An answer of `/info`, the middle of the call by our clock, and how many seconds it took."""

    info: Info
    at: datetime
    seconds: float


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of the engine itself."""

    info: TimedInfo | None = None
    later: Info | None = None
    disk: DiskUsage | None = None
    events: tuple[Event, ...] = ()
    volumes: VolumeList | None = None
    plugins: tuple[Plugin, ...] = ()


class Collection:
    """Reads one host. The attributes hold the facts when `run` has ended."""

    def __init__(self, reading: Reading, request: Request, taken_at: datetime) -> None:
        self._reading = reading
        self._calls = Calls(reading.connection)
        self._request = request
        self._window_start = taken_at - request.window
        self._samples: Batch[tuple[Stats, ...]] = []
        self._read_at: dict[str, datetime] = {}
        self.summaries: tuple[ContainerSummary, ...] = ()
        self.containers: tuple[Container, ...] = ()
        self.stopped_before_window = 0
        self.images: dict[str, Image] = {}
        self.networks: tuple[Network, ...] = ()
        self.engine = Engine()

    def run(self, progress: Progress) -> None:
        """Read everything, telling `progress` each step. Raises UnknownScopeError and CancelledError."""
        reading = self._reading
        progress("Engine")
        info_coming, disk_coming = reading.start(self._timed_info), reading.start(self._calls.disk)
        listed_coming, networks_coming = reading.start(self._calls.containers), reading.start(self._calls.networks)
        volumes_coming, plugins_coming = reading.start(self._calls.volumes), reading.start(self._calls.plugins)
        listed = reading.finish("the list of containers", listed_coming)
        progress("Containers")
        self.summaries = listed or ()
        chosen = scope.select(self.summaries, self._request.scope) if listed is not None else ()
        inspections = self._start(chosen)
        info = reading.finish("GET /info", info_coming)
        events_coming = reading.start(lambda: self._events(info))
        inspected = self._chosen(chosen, reading.finish_each("inspected", "containers", inspections))
        images_coming = self._start_images(inspected)
        networks = reading.finish("GET /networks", networks_coming) or ()
        attached_coming = self._start_networks(networks, inspected)
        progress("Logs and statistics")
        self.containers = self._completed(inspected)
        self.images = reading.finish_each("inspected", "images", images_coming)
        self.networks = self._attached(networks, attached_coming)
        volumes, plugins = (
            reading.finish("GET /volumes", volumes_coming),
            reading.finish("GET /plugins", plugins_coming),
        )
        later = reading.finish("GET /info at the end", reading.start(self._calls.info)) if info else None
        events = reading.finish("GET /events", events_coming)
        disk = reading.finish("GET /system/df", disk_coming)
        self.engine = Engine(
            info=info, later=later, disk=disk, events=events or (), volumes=volumes, plugins=plugins or ()
        )
        self.containers = _measured(self.containers, disk)

    def _timed_info(self) -> TimedInfo:
        began, started = datetime.now(UTC), time.monotonic()
        info = self._calls.info()
        seconds = time.monotonic() - started
        return TimedInfo(info, began + timedelta(seconds=seconds / 2), seconds)

    def _events(self, info: TimedInfo | None) -> tuple[Event, ...]:
        until = engine_clock(info.info.system_time if info else "")
        return self._calls.events(until - self._request.window, until)

    def _start(self, chosen: Sequence[ContainerSummary]) -> Batch[ContainerInspect]:
        """Start inspecting the containers and watching those that run."""
        inspections = self._reading.start_each({item.id: item.name for item in chosen}, self._inspect)
        running = {item.id: item.name for item in chosen if item.state in _LIVE}
        room = max(0, sampling.MOST - len(self._samples))
        if len(running) > room:
            left_out = f"statistics of {len(running) - room} running containers"
            self._reading.note(left_out, f"at most {sampling.MOST} are sampled: name one as the scope")
        watched = dict(islice(running.items(), room))
        self._samples += self._reading.watch_each(watched, partial(sampling.read_samples, self._reading.connection))
        return inspections

    def _inspect(self, container: str) -> ContainerInspect:
        inspected = self._calls.inspect(container)
        self._read_at[inspected.id] = datetime.now(UTC)
        return inspected

    def _chosen(
        self, chosen: Sequence[ContainerSummary], inspected: dict[str, ContainerInspect]
    ) -> dict[str, ContainerInspect]:
        """Leave out those that stopped long ago or were replaced; in a scoped run, keep all and add what they need."""
        if not self._request.scope:
            stale = selection.long_stopped(inspected.values(), self._window_start)
            self.stopped_before_window = len(stale)
            left_out = stale | selection.replaced(inspected.values())
            return {id_: item for id_, item in inspected.items() if id_ not in left_out}
        for item in chosen:
            if item.id not in inspected and not self._reading.gaps:
                self._reading.note(f"container {item.name}", "it was removed while it was being read")
        known = {item.id for item in chosen}
        while missing := scope.needed(inspected.values(), self.summaries) - known:
            known |= missing
            more = self._start([item for item in self.summaries if item.id in missing])
            inspected |= self._reading.finish_each("inspected", "containers needed by those in scope", more)
        return inspected

    def _start_images(self, inspected: Mapping[str, ContainerInspect]) -> Batch[Image]:
        images = {item.image: item.config.image for item in inspected.values() if item.image}
        if len(images) > IMAGES:
            self._reading.note(f"{len(images) - IMAGES} of {len(images)} images", f"at most {IMAGES} are inspected")
        history = self._request.audit or len(images) <= HISTORIES
        return self._reading.start_each(
            dict(islice(images.items(), IMAGES)), partial(self._calls.image, history=history)
        )

    def _start_networks(self, networks: Sequence[Network], inspected: Mapping[str, ContainerInspect]) -> Batch[Network]:
        """Start inspecting the networks that have endpoints of their own; in a scoped run, those of its containers."""
        scoped = {name for item in inspected.values() for name in item.network_settings.networks}
        wanted = {
            item.id: item.name
            for item in networks
            if item.driver not in _WITHOUT_ENDPOINTS and (item.name in scoped or not self._request.scope)
        }
        if len(wanted) > NETWORKS:
            self._reading.note(
                f"{len(wanted) - NETWORKS} of {len(wanted)} networks", f"at most {NETWORKS} are inspected"
            )
        return self._reading.start_each(dict(islice(wanted.items(), NETWORKS)), self._calls.network)

    def _attached(self, networks: Sequence[Network], coming: Batch[Network]) -> tuple[Network, ...]:
        """Give all networks, those that were inspected with what is on them.

        An endpoint without a container may be one that is just being made: only what is there twice is left behind.
        """
        inspected = self._reading.finish_each("inspected", "networks", coming)
        doubtful = {id_: item.name for id_, item in inspected.items() if item.lost_endpoints}
        again = self._reading.start_each(doubtful, self._calls.network)
        for id_, later in self._reading.finish_each("inspected again", "networks", again).items():
            inspected[id_] = later.still_with(inspected[id_])
        return tuple(inspected.get(item.id, item) for item in networks)

    def _completed(self, inspected: Mapping[str, ContainerInspect]) -> tuple[Container, ...]:
        """Add logs, processes and statistics, all read at the same time."""
        reading, scoped = self._reading, bool(self._request.scope)
        everything = scoped or (self._request.top == "errors" and len(inspected) <= LOGS)
        if self._request.top == "errors" and not everything:
            reading.note("logs of the containers that are well", f"at most {LOGS} logs are read: name one as the scope")
        unwell = {
            id_: item.name.lstrip("/")
            for id_, item in inspected.items()
            if (everything or selection.unwell(item, self._window_start)) and item.state.started_at > NEVER
        }
        listed = selection.to_list(
            inspected.values(), unwell, everything=scoped or self._request.audit or self._request.top == "cpu"
        )
        logs_coming = reading.start_each(unwell, lambda id_: self._calls.log(inspected[id_]))
        lists_coming = reading.start_each(listed, self._calls.processes)
        logs = reading.finish_each("read", "logs", logs_coming)
        lists = reading.finish_each("read", "process lists", lists_coming)
        samples = reading.finish_each("sampled", "containers", self._samples)
        return tuple(
            Container(
                inspect=item,
                read_at=self._read_at[item.id],
                log=logs.get(id_),
                processes=lists.get(id_),
                samples=samples.get(id_, ()),
            )
            for id_, item in inspected.items()
        )


def engine_clock(told: str) -> datetime:
    """Give the engine's own 'now' as its `/info` told it; ours where it did not."""
    with suppress(msgspec.ValidationError):
        at = msgspec.convert(told, datetime)
        if at.tzinfo is not None and at > _EPOCH:
            return at
    return datetime.now(UTC)


def _measured(containers: Sequence[Container], disk: DiskUsage | None) -> tuple[Container, ...]:
    """Give the containers with the sizes of their layers, which cost more one by one; the engine leaves out a 0."""
    sizes = {item.id: max(0, item.size_rw) for item in disk.containers} if disk else {}
    return tuple(
        replace(item, inspect=replace(item.inspect, size_rw=sizes.get(item.inspect.id, -1))) for item in containers
    )
