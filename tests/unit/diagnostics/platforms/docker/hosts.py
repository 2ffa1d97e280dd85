"""Build Docker hosts for the tests of checks: healthy unless told otherwise, at one fixed moment.

`container("web-1", status="exited", exit_code=3)` differs from a healthy one in just what is named: a field of the
inspection or of one of its parts, wherever it stands. `host(…)` has the summaries and images of its containers.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_network
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from sickbay.diagnostics import engine
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Finding, Report, ReportTarget
from sickbay.diagnostics.platforms.docker.snapshot import Container, Image, Snapshot
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.containers import (
    Config,
    ContainerInspect,
    ContainerSummary,
    Endpoint,
    Health,
    Healthcheck,
    HealthProbe,
    HostConfig,
    LogConfig,
    NetworkSettings,
    PublishedPort,
    RestartPolicy,
    State,
)
from sickbay.diagnostics.platforms.docker.wire.engine import Actor, DiskUsage, Event, Info, Plugins, Version
from sickbay.diagnostics.platforms.docker.wire.images import HistoryLayer, ImageInspect
from sickbay.diagnostics.platforms.docker.wire.networks import AddressPool, Attachment, Ipam, Network
from sickbay.diagnostics.platforms.docker.wire.statistics import CpuStats, MemoryStats, PidsStats, Stats, Throttling
from sickbay.diagnostics.targets import Request

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MIB = 1024 * 1024
IMAGE = "shop/web:1.4"

Shape = TypeVar("Shape", bound=msgspec.Struct)


def ago(**span: float) -> datetime:
    """Give the moment so many `minutes`, `hours`, `days` before NOW."""
    return NOW - timedelta(**span)


def identity(name: str) -> str:
    """Give the id that the container or image of this name has here."""
    return sha256(name.encode()).hexdigest()


def container(name: str = "web-1", **differs: Any) -> Container:
    """Give a container that runs well since yesterday, but for what differs.

    `image` is the reference it was made from and `image_id` the image's id; `status` brings the rest of the state along
    unless that is named too. `log`, `samples` and `processes` are as the collector reads them.
    """
    reference = differs.pop("image", IMAGE)
    image_id = differs.pop("image_id", f"sha256:{identity(reference)}")
    read, differs = _taken(Container(inspect=ContainerInspect(id=""), read_at=NOW, samples=_steady()), differs)
    state, differs = _taken(differs.pop("state", None) or _state(differs.get("status", "running")), differs)
    host_config, differs = _taken(differs.pop("host_config", _HOST_CONFIG), differs)
    network_settings, differs = _taken(differs.pop("network_settings", _NETWORK_SETTINGS), differs)
    config, differs = _taken(replace(differs.pop("config", _CONFIG), image=reference), differs)
    inspect, differs = _taken(
        ContainerInspect(
            id=identity(name),
            name=f"/{name}",
            image=image_id,
            created=ago(days=2),
            path="/usr/bin/serve",
            args=("--port", "8080"),
            platform="linux",
            driver="overlay2",
            size_rw=1_000_000,
        ),
        differs,
    )
    if differs:
        raise TypeError(f"a container has no {', '.join(differs)}")
    if not state.running:
        read = replace(read, samples=())
    parts = {"state": state, "config": config, "host_config": host_config, "network_settings": network_settings}
    return replace(read, inspect=replace(inspect, **parts))


def health(*outputs: str, status: str = "unhealthy", failing_streak: int | None = None) -> Health:
    """Give what a health check says after failed runs with these outputs, one each half minute, the last just now."""
    runs = len(outputs)
    probes = tuple(
        HealthProbe(
            start=ago(seconds=30 * (runs - nth)), end=ago(seconds=30 * (runs - nth) - 1), exit_code=1, output=said
        )
        for nth, said in enumerate(outputs)
    )
    return Health(status=status, failing_streak=runs if failing_streak is None else failing_streak, log=probes)


def stats(**differs: Any) -> Stats:
    """Give one sample of a container that has little to do."""
    quiet = Stats(
        read=NOW,
        cpu_stats=CpuStats(throttling_data=Throttling(periods=100)),
        memory_stats=MemoryStats(usage=100 * MIB, limit=512 * MIB),
        pids_stats=PidsStats(current=4, limit=100),
    )
    return replace(quiet, **differs)


def log(*lines: str, at: datetime = NOW - timedelta(minutes=5), cut: bool = False) -> LogTail:
    """Give a log's tail of these lines, as the engine stamps them."""
    return LogTail(text="\n".join(f"{at:%Y-%m-%dT%H:%M:%S.000000000Z} {line}" for line in lines), cut=cut)


def image(reference: str = IMAGE, *, history: Sequence[HistoryLayer] = (), **differs: Any) -> Image:
    """Give an image for the host's architecture that was built from small layers."""
    built = ImageInspect(
        id=f"sha256:{identity(reference)}",
        repo_tags=(reference,),
        repo_digests=(f"{reference.partition(':')[0]}@sha256:{identity('digest ' + reference)}",),
        created="2026-11-20T10:00:00.123456789Z",
        architecture="amd64",
        os="linux",
        size=80_000_000,
        config=Config(cmd=("/usr/bin/serve",)),
    )
    layers = tuple(history) or (
        HistoryLayer(id=built.id, created_by='CMD ["/usr/bin/serve"]', tags=(reference,)),
        HistoryLayer(created_by="COPY /build/serve /usr/bin/serve # buildkit", size=20_000_000),
        HistoryLayer(created_by="ADD rootfs.tar.xz / # buildkit", size=60_000_000),
    )
    return Image(inspect=replace(built, **differs), history=layers)


def network(name: str = "shop", *on: Container, subnet: str = "172.18.0.0/16", **differs: Any) -> Network:
    """Give a bridge with these containers on it, as its inspection shows it, but for what differs."""
    attached = {
        one.inspect.id: Attachment(
            name=one.name,
            endpoint_id=identity(f"{name} {one.name}"),
            ipv4_address=f"{one.inspect.network_settings.networks[name].ip_address}/16",
        )
        for one in on
    }
    ipam = Ipam(driver="default", config=(AddressPool(subnet=subnet, gateway=str(ip_network(subnet)[1])),))
    bridge = Network(id=identity(name), name=name, driver="bridge", scope="local", ipam=ipam, containers=attached)
    return replace(bridge, **differs)


def at(address: str = "172.18.0.2", network: str = "shop", *aliases: str) -> dict[str, Endpoint]:
    """Give a container's place on one network."""
    return {network: Endpoint(ip_address=address, aliases=aliases)}


def event(
    action: str,
    of: Container | str,
    *,
    at: datetime = NOW - timedelta(minutes=5),
    kind: str = "container",
    **attributes: str,
) -> Event:
    """Give an event of a container, or of another kind of thing by its id."""
    named = {"name": of.name, "image": of.inspect.config.image} if isinstance(of, Container) else {}
    actor = Actor(id=of.inspect.id if isinstance(of, Container) else of, attributes={**named, **attributes})
    return Event(type=kind, action=action, actor=actor, time_nano=int(at.timestamp() * 1e9))


def info(**differs: Any) -> Info:
    """Give what a current engine on a current host tells of itself."""
    return replace(_INFO, **differs)


def host(*containers: Container, **differs: Any) -> Snapshot:
    """Give a healthy host with these containers, but for what differs; the request's `scope`, `window`, `audit` too."""
    request, differs = _taken(Request(), differs)
    listed = tuple(_summary(one) for one in containers)
    images = [image(one.inspect.config.image, id=one.inspect.image) for one in containers]
    snapshot = Snapshot(
        request=request,
        taken_at=NOW,
        host="host-7",
        address="unix:///var/run/docker.sock",
        client_api_version="1.51",
        version=Version(
            version=_INFO.server_version,
            api_version="1.54",
            min_api_version="1.44",
            os="linux",
            arch="amd64",
            kernel_version=_INFO.kernel_version,
        ),
        info=_INFO,
        info_seconds=0.012,
        clock_at=NOW,
        disk=DiskUsage(layers_size=160_000_000),
        summaries=listed,
        containers=containers,
        images={one.inspect.id: one for one in images},
        engine_samples=(replace(_INFO, system_time="2026-11-24T03:00:02.000000000Z"),),
        networks=_networks(containers),
    )
    return replace(snapshot, **differs)


def findings(check: Check[Snapshot], snapshot: Snapshot) -> list[Finding]:
    """Give what one check finds on a host."""
    return list(check.judge(snapshot))


def report(snapshot: Snapshot) -> Report:
    """Give what all checks find on a host, ranked and folded."""
    return engine.judge(snapshot, ReportTarget(name=snapshot.host, platform="docker", zone="default"))


_CONFIG = Config(
    hostname="web-1",
    user="1000",
    cmd=("--port", "8080"),
    entrypoint=("/usr/bin/serve",),
    exposed_ports={"8080/tcp": {}},
    healthcheck=Healthcheck(test=("CMD", "/usr/bin/probe"), retries=3),
)
_HOST_CONFIG = HostConfig(
    network_mode="shop",
    restart_policy=RestartPolicy(name="unless-stopped"),
    log_config=LogConfig(type="json-file", config={"max-size": "10m", "max-file": "3"}),
    memory=512 * MIB,
    nano_cpus=1_000_000_000,
    pids_limit=100,
    readonly_rootfs=True,
    security_opt=("no-new-privileges",),
)
_INFO = Info(
    id="d1f0a5e2-7c8b-4f0e-9a51-0d5a2f6b7c11",
    name="host-7",
    server_version="29.4.0",
    operating_system="Debian GNU/Linux 13 (trixie)",
    os_type="linux",
    architecture="x86_64",
    kernel_version="6.12.48+deb13-amd64",
    driver="overlayfs",
    driver_status=(("driver-type", "io.containerd.snapshotter.v1"),),
    docker_root_dir="/var/lib/docker",
    cgroup_driver="systemd",
    cgroup_version="2",
    memory_limit=True,
    swap_limit=True,
    ipv4_forwarding=True,
    security_options=("name=apparmor", "name=seccomp,profile=builtin", "name=userns", "name=cgroupns"),
    live_restore_enabled=True,
    logging_driver="syslog",
    system_time="2026-11-24T03:00:00.000000000Z",
    n_fd=40,
    n_goroutines=80,
    ncpu=4,
    mem_total=16 * 1024 * MIB,
    plugins=Plugins(
        volume=("local",),
        network=("bridge", "host", "null", "overlay"),
        log=("json-file", "local"),
        authorization=("opa",),
    ),
    default_runtime="runc",
)
_NETWORK_SETTINGS = NetworkSettings(networks={"shop": Endpoint(ip_address="172.18.0.2")})
_RUNNING_SINCE = ago(days=1)


def _steady() -> tuple[Stats, ...]:
    return (stats(read=ago(seconds=1)), stats(cpu_stats=CpuStats(throttling_data=Throttling(periods=110))))


def _state(status: str) -> State:
    """Give a state as the engine writes it: one that is paused or waits to be restarted counts as running."""
    running = status in {"running", "paused", "restarting"}
    return State(
        status=status,
        running=running,
        paused=status == "paused",
        restarting=status == "restarting",
        dead=status == "dead",
        pid=1234 if status in {"running", "paused"} else 0,
        started_at=NEVER if status == "created" else _RUNNING_SINCE,
        finished_at=ago(minutes=5) if status in {"exited", "restarting", "dead", "removing"} else NEVER,
        health=Health(status="healthy") if status == "running" else None,
    )


def _summary(one: Container) -> ContainerSummary:
    published = tuple(
        PublishedPort(
            ip=binding.host_ip,
            private_port=int(port.split("/")[0]),
            public_port=int(binding.host_port),
            type=port.partition("/")[2],
        )
        for port, bindings in one.inspect.network_settings.ports.items()
        for binding in bindings
    )
    return ContainerSummary(
        id=one.inspect.id,
        names=(f"/{one.name}",),
        image=one.inspect.config.image,
        image_id=one.inspect.image,
        state=one.state.status,
        created=int(one.inspect.created.timestamp()),
        ports=published,
        labels=one.labels,
        host_config=HostConfig(network_mode=one.inspect.host_config.network_mode),
        network_settings=NetworkSettings(networks=one.inspect.network_settings.networks),
        mounts=one.inspect.mounts,
    )


def _networks(containers: Sequence[Container]) -> tuple[Network, ...]:
    """Give a healthy bridge for each network that a container says it is on."""
    names = dict.fromkeys(name for one in containers for name in one.inspect.network_settings.networks)
    return tuple(
        network(
            name, *(one for one in containers if one.state.running and name in one.inspect.network_settings.networks)
        )
        for name in names
        if name not in {"host", "none"}
    )


def _taken(shape: Shape, differs: Mapping[str, Any]) -> tuple[Shape, dict[str, Any]]:
    """Give the shape with those of the differences that are fields of it, and the other differences."""
    own = {name: value for name, value in differs.items() if name in shape.__struct_fields__}
    return replace(shape, **own), {name: value for name, value in differs.items() if name not in own}
