"""What a container may do to its host: by its privileges, by what is mounted into it, by who can log in."""

import re
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.docker.snapshot import Container

_SOCKETS = frozenset({"docker.sock", "podman.sock", "containerd.sock"})
#: Folders in which an engine's socket lies.
_SOCKET_FOLDERS = frozenset({"/run", "/var/run"})
#: Capabilities, devices and folders that are the host itself to whoever has them, or may write them.
CAPABILITIES = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"})
DEVICES = re.compile(r"/dev/?$|/dev/(?:sd|hd|vd|xvd|nvme|mmcblk|dm-|mapper/|md\d|k?mem$|port$)")

SYSTEM = frozenset({"/boot", "/etc", "/lib", "/proc", "/sys", "/usr"})


class Power(Struct, frozen=True):
    """What the container has or does, its proof, and whether that alone is enough to take over the host."""

    what: str
    proof: Evidence
    enough: bool = False


def powers(container: Container) -> Iterator[Power]:
    """Yield what few containers need."""
    yield from _configured(container)
    yield from _mounted(container)
    yield from _ssh(container)


def added_capabilities(container: Container) -> frozenset[str]:
    """Give the capabilities that were added, without their prefix."""
    return frozenset(item.upper().removeprefix("CAP_") for item in container.inspect.host_config.cap_add)


def _configured(container: Container) -> Iterator[Power]:
    config = container.inspect.host_config
    if config.privileged:
        yield Power("is privileged", container.evidence("HostConfig.Privileged", "true"), enough=True)
    if added := sorted(CAPABILITIES & added_capabilities(container)):
        proof = container.evidence("HostConfig.CapAdd", ", ".join(added))
        yield Power(f"has {' and '.join(added)}", proof, enough=True)
    if config.pid_mode == "host":
        yield Power("sees the host's processes", container.evidence("HostConfig.PidMode", "host"))
    devices = [item.path_on_host for item in config.devices if DEVICES.match(item.path_on_host)]
    if devices:
        proof = container.evidence("HostConfig.Devices", ", ".join(devices))
        yield Power("uses the host's disks", proof, enough=True)


def _mounted(container: Container) -> Iterator[Power]:
    for mount in container.inspect.mounts:
        if mount.type != "bind":
            continue
        how = "" if mount.rw else " (read-only)"
        proof = container.evidence("Mounts", f"{mount.source} on {mount.destination}{how}")
        if mount.source.rsplit("/", 1)[-1] in _SOCKETS or mount.source in _SOCKET_FOLDERS:
            yield Power("has the engine's socket", proof, enough=True)
        elif mount.source == "/":
            yield Power("has the host's whole disk", proof, enough=mount.rw)
        elif mount.source == "/dev":
            yield Power("has all of the host's devices", proof)
        elif mount.source in SYSTEM and mount.rw:
            yield Power(f"may write the host's {mount.source}", proof, enough=True)


def _ssh(container: Container) -> Iterator[Power]:
    for command in container.commands:
        if command.split(" ")[0].rstrip(":").rsplit("/", 1)[-1] == "sshd":
            yield Power("runs an SSH server", container.process_evidence(command))
            return
