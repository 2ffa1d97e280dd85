"""The read calls of the Engine API that a diagnosis makes, each giving its shape from wire/, cleaned."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.platforms.docker.collector.connection import Connection
from sickbay.diagnostics.platforms.docker.collector.decoding import decode, decode_lines
from sickbay.diagnostics.platforms.docker.collector.logs import BYTES, LINES, read_log
from sickbay.diagnostics.platforms.docker.collector.scrubbing import Scrubber
from sickbay.diagnostics.platforms.docker.differences import Made, made_of
from sickbay.diagnostics.platforms.docker.snapshot import Image
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect, ContainerSummary, Processes
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage, Event, Info
from sickbay.diagnostics.platforms.docker.wire.images import HistoryLayer, ImageInspect, ImageSummary
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from sickbay.diagnostics.platforms.docker.wire.volumes import Plugin, VolumeList

#: Seconds for `/system/df`: it walks every container's layer.
DISK_SECONDS = 20.0
#: Seconds for `/volumes`: the engine asks a driver's plugin that is gone for 15 s, and nothing else needs so long.
VOLUME_SECONDS = 5.0
#: Bytes of events read, and events kept. Docker remembers 256, Podman what its journal holds.
EVENT_BYTES, EVENTS = 8 * 1024 * 1024, 2_000
#: The columns of `ps -ef` in Podman's words.
PODMAN_COLUMNS = "user,pid,ppid,pcpu,etime,tty,time,args"


class Calls:
    """The calls, over one connection. Each raises CallError or ShapeError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scrubber = Scrubber()

    def info(self) -> Info:
        """Read the engine's information."""
        return self._scrubber.info(decode(self._connection.get("/info"), Info))

    def disk(self) -> DiskUsage:
        """Read the disk usage."""
        return self._scrubber.disk(decode(self._connection.get("/system/df", seconds=DISK_SECONDS), DiskUsage))

    def containers(self) -> tuple[ContainerSummary, ...]:
        """List all containers, stopped ones too."""
        listed = decode(self._connection.get("/containers/json", {"all": 1}), tuple[ContainerSummary, ...])
        return tuple(self._scrubber.summary(container) for container in listed)

    def networks(self) -> tuple[Network, ...]:
        """List all networks; who is on them is told by each network's inspection only."""
        listed = decode(self._connection.get("/networks"), tuple[Network, ...])
        return tuple(self._shown(network) for network in listed)

    def network(self, network: str) -> Network:
        """Inspect the network with this id."""
        return self._shown(decode(self._connection.get(f"/networks/{network}"), Network))

    def _shown(self, network: Network) -> Network:
        return self._scrubber.network(network.of_podman() if self._connection.podman else network)

    def volumes(self) -> VolumeList:
        """List all volumes whose drivers answer."""
        return self._scrubber.volumes(decode(self._connection.get("/volumes", seconds=VOLUME_SECONDS), VolumeList))

    def plugins(self) -> tuple[Plugin, ...]:
        """List the managed plugins; Podman has none, and no such call."""
        if self._connection.podman:
            return ()
        return decode(self._connection.get("/plugins"), tuple[Plugin, ...])

    def events(self, since: datetime, until: datetime) -> tuple[Event, ...]:
        """Read the events between two moments of the engine's own clock, oldest first, the newest where there are many.

        `until` must not lie in the engine's future: it would keep the stream open until then. Podman 4.3 forgets most
        events when it is given, but ends the stream when asked to, which Docker does not know.
        """
        end = {"stream": "false"} if self._connection.podman else {"until": f"{until.timestamp():.9f}"}
        body, _ = self._connection.read("/events", EVENT_BYTES, {"since": f"{since.timestamp():.9f}", **end})
        events = tuple(decode_lines(body, Event))[-EVENTS:]
        return tuple(self._scrubber.event(event) for event in events)

    def inspect(self, container: str) -> ContainerInspect:
        """Inspect the container with this id."""
        return self._scrubber.inspect(decode(self._connection.get(f"/containers/{container}/json"), ContainerInspect))

    def made(self, container: str) -> Made:
        """Give what the container with this id was made from."""
        raw = decode(self._connection.get(f"/containers/{container}/json"), ContainerInspect)
        return made_of(self._scrubber.inspect(raw), raw.config.env)

    def tags(self) -> Mapping[str, str]:
        """Give the id of the image that each tag means."""
        listed = decode(self._connection.get("/images/json"), tuple[ImageSummary, ...])
        return {tag: image.id for image in listed for tag in image.repo_tags}

    def network_made(self, name: str) -> datetime:
        """Give when the network of this name was made."""
        return decode(self._connection.get(f"/networks/{name}"), Network).created

    def processes(self, container: str) -> Processes:
        """List the processes of the container with this id, as `ps -ef` on the host shows them.

        Podman is told which columns: for what it does not know, as its default, it would run ps inside the container.
        """
        columns = {"ps_args": PODMAN_COLUMNS} if self._connection.podman else {}
        answer = self._connection.get(f"/containers/{container}/top", columns)
        return self._scrubber.processes(container, decode(answer, Processes))

    def log(self, container: ContainerInspect, *, lines: int = LINES, most: int = BYTES) -> LogTail:
        """Read the end of the log of a container that was inspected."""
        of, tty = f"/containers/{container.id}", container.config.tty
        tail = read_log(self._connection, of, tty=tty, lines=lines, most=most)
        return replace(tail, text=self._scrubber.without_secrets_of(container.id, tail.text))

    def image(self, image: str, *, history: bool) -> Image:
        """Inspect the image with this id, with its history if asked."""
        inspected = self._scrubber.image(decode(self._connection.get(f"/images/{image}/json"), ImageInspect))
        layers: tuple[HistoryLayer, ...] = ()
        if history:
            layers = decode(self._connection.get(f"/images/{image}/history"), tuple[HistoryLayer, ...])
        return Image(inspect=inspected, history=self._scrubber.history(layers))
