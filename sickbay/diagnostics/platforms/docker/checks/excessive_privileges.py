"""A container may do to its host what only root should."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_SOCKETS = ("docker.sock", "podman.sock", "containerd.sock")
_CAPABILITIES = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "NET_ADMIN", "DAC_READ_SEARCH"})


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

    Also an SSH server inside, which is one more way in. A privileged container can change the host's kernel settings, so it
    is a candidate where one of them is wrong (IP forwarding). CIS Docker Benchmark 5.2, 5.4 to 5.6, 5.16, 5.18, 5.32.
    """
    for container in host.containers:
        found = [*_configured(container), *_mounted(container), *_ssh(container)]
        if found:
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} {', '.join(what for what, _ in found)}: it can take over the host.",
                evidence=tuple(proof for _, proof in found),
            )


def _configured(container: Container) -> Iterator[tuple[str, Evidence]]:
    config = container.inspect.host_config
    if config.privileged:
        yield "is privileged", container.evidence("HostConfig.Privileged", "true")
    added = sorted(_CAPABILITIES & {item.upper().removeprefix("CAP_") for item in config.cap_add})
    if added:
        yield f"has {' and '.join(added)}", container.evidence("HostConfig.CapAdd", ", ".join(added))
    if config.pid_mode == "host":
        yield "sees the host's processes", container.evidence("HostConfig.PidMode", "host")
    devices = [item.path_on_host for item in config.devices]
    if devices:
        yield "uses the host's devices", container.evidence("HostConfig.Devices", ", ".join(devices))


def _mounted(container: Container) -> Iterator[tuple[str, Evidence]]:
    for mount in container.inspect.mounts:
        if mount.type != "bind":
            continue
        proof = container.evidence(
            "Mounts", f"{mount.source} on {mount.destination}{'' if mount.rw else ' (read-only)'}"
        )
        if mount.source.endswith(_SOCKETS):
            yield "has the engine's socket", proof
        elif mount.source == "/":
            yield "has the host's whole disk", proof
        elif mount.source == "/dev":
            yield "has all of the host's devices", proof


def _ssh(container: Container) -> Iterator[tuple[str, Evidence]]:
    listed = container.processes.processes if container.processes else ()
    for row in listed:
        if row and row[-1].split(" ")[0].rstrip(":").endswith("sshd"):
            source = f"GET /containers/{container.name}/top"
            yield "runs an SSH server", Evidence(source=source, value=row[-1], at=container.read_at)
            return
