"""How well a container is shut in: what it may write, gain and use, short of the host itself (powers.py)."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.docker.powers import CAPABILITIES, DEVICES, SYSTEM, added_capabilities
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.weaknesses import Weakness

#: What Docker gives every container (docs.docker.com, runtime privileges): to add one of these back is no more.
_GIVEN = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
        "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
_ROOT = frozenset({"", "0", "root"})
_NO_NEW = "no-new-privileges"
_SPREADING = frozenset({"shared", "rshared"})


def looseness(host: Snapshot, container: Container) -> Iterator[Weakness]:
    """Yield what the container could do without."""
    config, user = container.inspect.host_config, container.inspect.config.user
    if user.partition(":")[0] in _ROOT:
        yield Weakness("starting as root", "Config.User", user or "not set", "4.1")
    if not config.readonly_rootfs:
        yield Weakness("with a writable root file system", "HostConfig.ReadonlyRootfs", "false", "5.13")
    if not (config.privileged or _restrained(host, container)):
        yield Weakness("free to gain privileges", "HostConfig.SecurityOpt", f"{_NO_NEW} not set", "5.26")
    if extra := sorted(added_capabilities(container) - _GIVEN - CAPABILITIES):
        yield Weakness("with more capabilities than usual", "HostConfig.CapAdd", ", ".join(extra), "5.4")
    if devices := [item.path_on_host for item in config.devices if not DEVICES.match(item.path_on_host)]:
        yield Weakness("with devices of the host", "HostConfig.Devices", ", ".join(devices), "5.18")
    yield from _mounts(container)


def _restrained(host: Snapshot, container: Container) -> bool:
    """Say whether it cannot gain privileges: by its own option, or by the engine's default where it has none."""
    own = [option for option in container.inspect.host_config.security_opt if option.startswith(_NO_NEW)]
    default = any(_NO_NEW in option for option in host.info.security_options)
    return not own[-1].endswith("false") if own else default


def _mounts(container: Container) -> Iterator[Weakness]:
    read = [item.source for item in container.inspect.mounts if item.source in SYSTEM and not item.rw]
    if read:
        yield Weakness("with system directories of the host to read", "Mounts", ", ".join(read), "5.6")
    spreading = [item.destination for item in container.inspect.mounts if item.propagation in _SPREADING]
    if spreading:
        yield Weakness("with mounts that spread to the host", "Mounts Propagation", ", ".join(spreading), "5.20")
