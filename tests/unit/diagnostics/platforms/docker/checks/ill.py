"""One ill host for each of the container checks, so that what holds for all of them is tested on all of them."""

from collections.abc import Callable, Mapping

from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import Device, Mount, PortBinding, Processes, RestartPolicy
from sickbay.diagnostics.platforms.docker.wire.statistics import MemoryStats
from tests.unit.diagnostics.platforms.docker.hosts import MIB, ago, container, event, health, host, stats

Labels = Mapping[str, str]

COMPOSED = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}
TAKEN = "driver failed programming external connectivity: Bind for 0.0.0.0:8080 failed: port is already allocated"


def _exited(name: str, labels: Labels) -> Snapshot:
    return host(container(name, status="exited", exit_code=3, labels=labels))


def _out_of_memory(name: str, labels: Labels) -> Snapshot:
    return host(container(name, status="exited", exit_code=137, oom_killed=True, labels=labels))


def _killed_on_stop(name: str, labels: Labels) -> Snapshot:
    web = container(name, status="exited", exit_code=137, labels=labels)
    stop, kill = event("kill", web, at=ago(seconds=310), signal="15"), event("kill", web, signal="9")
    return host(web, events=(event("start", web, at=ago(hours=2)), stop, kill))


def _restart_loop(name: str, labels: Labels) -> Snapshot:
    web = container(name, labels=labels)
    return host(web, events=tuple(event("die", web, at=ago(minutes=n), exitCode="1") for n in (3, 2, 1)))


def _unhealthy(name: str, labels: Labels) -> Snapshot:
    return host(container(name, health=health("a", "b", "refused"), labels=labels))


def _never_started(name: str, labels: Labels) -> Snapshot:
    return host(container(name, status="created", error="network shop not found", labels=labels))


def _port_taken(name: str, labels: Labels) -> Snapshot:
    holder = container("holder-1", ports={"80/tcp": (PortBinding(host_ip="0.0.0.0", host_port="8080"),)})
    return host(container(name, status="created", error=TAKEN, labels=labels), holder)


def _resource_pressure(name: str, labels: Labels) -> Snapshot:
    full = stats(memory_stats=MemoryStats(usage=500 * MIB))
    return host(container(name, samples=(full, full), labels=labels))


def _log_growth(name: str, labels: Labels) -> Snapshot:
    one = container(name, labels=labels)
    return host(container(name, log_config=type(one.inspect.host_config.log_config)(type="json-file"), labels=labels))


def _data_in_container(name: str, labels: Labels) -> Snapshot:
    return host(container(name, size_rw=2_500_000_000, labels=labels))


def _excessive_privileges(name: str, labels: Labels) -> Snapshot:
    mounts = (Mount(type="bind", source="/var/run/docker.sock", destination="/var/run/docker.sock"),)
    devices = (Device(path_on_host="/dev/sda", path_in_container="/dev/sda"),)
    return host(container(name, privileged=True, mounts=mounts, devices=devices, pid_mode="host", labels=labels))


def _stuck(name: str, labels: Labels) -> Snapshot:
    web = container(name, status="paused", labels=labels)
    return host(web, events=(event("pause", web, at=ago(hours=3)),))


def _no_safeguards(name: str, labels: Labels) -> Snapshot:
    return host(container(name, memory=0, restart_policy=RestartPolicy(), healthcheck=None, labels=labels))


def _published_ports(name: str, labels: Labels) -> Snapshot:
    return host(container(name, ports={"5432/tcp": (PortBinding(host_ip="0.0.0.0", host_port="5432"),)}, labels=labels))


def _compose_project(name: str, labels: Labels) -> Snapshot:
    project = {"com.docker.compose.project": "shop", **labels}
    return host(
        container(name, status="exited", exit_code=1, finished_at=ago(days=3), labels={**project, **_service("web")}),
        container("db-1", labels={**project, **_service("db")}),
    )


def _confined_loosely(name: str, labels: Labels) -> Snapshot:
    return host(container(name, user="root", readonly_rootfs=False, security_opt=(), labels=labels))


def _shared_namespaces(name: str, labels: Labels) -> Snapshot:
    return host(container(name, network_mode="host", uts_mode="host", labels=labels))


def _no_limits(name: str, labels: Labels) -> Snapshot:
    return host(container(name, nano_cpus=0, pids_limit=None, labels=labels))


def _network_exposure(name: str, labels: Labels) -> Snapshot:
    return host(container(name, ports={"8080/tcp": (PortBinding(host_ip="::", host_port="8080"),)}, labels=labels))


def _service(name: str) -> Labels:
    return {"com.docker.compose.service": name}


#: For each code, what makes a host on which its check finds the container of this name with these labels.
ILL: Mapping[str, Callable[[str, Labels], Snapshot]] = {
    "DKR-A102": _confined_loosely,
    "DKR-A103": _shared_namespaces,
    "DKR-A104": _no_limits,
    "DKR-A105": _network_exposure,
    "DKR-C101": _exited,
    "DKR-C102": _out_of_memory,
    "DKR-C103": _killed_on_stop,
    "DKR-C104": _restart_loop,
    "DKR-C105": _unhealthy,
    "DKR-C106": _never_started,
    "DKR-C107": _port_taken,
    "DKR-C108": _resource_pressure,
    "DKR-C109": _log_growth,
    "DKR-C110": _data_in_container,
    "DKR-C111": _excessive_privileges,
    "DKR-C112": _stuck,
    "DKR-C113": _no_safeguards,
    "DKR-C114": _published_ports,
    "DKR-C115": _compose_project,
}
ZOMBIES = Processes(
    titles=("PID", "CMD"), processes=(("1", "serve"), *((str(n), "[sh] <defunct>") for n in range(2, 5)))
)
