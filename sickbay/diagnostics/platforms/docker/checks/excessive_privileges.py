"""A container may do to its host what only root should."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_SOCKETS = frozenset({"docker.sock", "podman.sock", "containerd.sock"})
#: Folders in which an engine's socket lies.
_SOCKET_FOLDERS = frozenset({"/run", "/var/run"})
_CAPABILITIES = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"})
_DEVICES = re.compile(r"/dev/?$|/dev/(?:sd|hd|vd|xvd|nvme|mmcblk|dm-|mapper/|md\d|k?mem$|port$)")

#: What it has, the evidence, and whether that alone is enough to take over the host.
_Power = tuple[str, Evidence, bool]


@check(
    "DKR-C111",
    title="Excessive privileges",
    severity=Severity.HIGH,
    kind=Kind.HYGIENE,
    remedy="Drop --privileged and what else is named; add back only the one capability or device that it needs.",
    explains=("DKR-E105",),
)
def excessive_privileges(host: Snapshot) -> Iterator[Finding]:
    """The container can take over its host: privileged, the engine's socket, the host's root or devices, its processes.

    Also an SSH server inside, which is one more way in. A privileged container can change the host's kernel settings,
    so it is a candidate where one of them is wrong (IP forwarding). CIS Docker Benchmark 5.2, 5.4 to 5.6, 5.16, 5.18,
    5.32.
    """
    rootless = any("rootless" in option for option in host.info.security_options)
    prize = "take over the user that runs the engine" if rootless else "take over the host"
    for container in host.containers:
        found = [*_configured(container), *_mounted(container), *_ssh(container)]
        if found:
            effect = f"it can {prize}" if any(enough for _, _, enough in found) else "few containers need that"
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} {', '.join(what for what, _, _ in found)}: {effect}.",
                evidence=tuple(proof for _, proof, _ in found),
                owner=owner_of(container.labels),
            )


def _configured(container: Container) -> Iterator[_Power]:
    config = container.inspect.host_config
    if config.privileged:
        yield "is privileged", container.evidence("HostConfig.Privileged", "true"), True
    added = sorted(_CAPABILITIES & {item.upper().removeprefix("CAP_") for item in config.cap_add})
    if added:
        yield f"has {' and '.join(added)}", container.evidence("HostConfig.CapAdd", ", ".join(added)), True
    if config.pid_mode == "host":
        yield "sees the host's processes", container.evidence("HostConfig.PidMode", "host"), False
    devices = [item.path_on_host for item in config.devices if _DEVICES.match(item.path_on_host)]
    if devices:
        yield "uses the host's disks", container.evidence("HostConfig.Devices", ", ".join(devices)), True


def _mounted(container: Container) -> Iterator[_Power]:
    for mount in container.inspect.mounts:
        if mount.type != "bind":
            continue
        how = "" if mount.rw else " (read-only)"
        proof = container.evidence("Mounts", f"{mount.source} on {mount.destination}{how}")
        if mount.source.rsplit("/", 1)[-1] in _SOCKETS or mount.source in _SOCKET_FOLDERS:
            yield "has the engine's socket", proof, True
        elif mount.source == "/":
            yield "has the host's whole disk", proof, mount.rw
        elif mount.source == "/dev":
            yield "has all of the host's devices", proof, False


def _ssh(container: Container) -> Iterator[_Power]:
    listed = container.processes.processes if container.processes else ()
    for row in listed:
        if row and row[-1].split(" ")[0].rstrip(":").rsplit("/", 1)[-1] == "sshd":
            source = f"GET /containers/{container.name}/top"
            yield "runs an SSH server", Evidence(source=source, value=row[-1], at=container.read_at), False
            return
