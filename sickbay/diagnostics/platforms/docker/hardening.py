"""Which of its own safeguards an engine leaves out, as far as `/info` tells."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.weaknesses import Weakness

#: Log drivers that keep the log on the host.
_LOCAL = frozenset({"json-file", "local", "journald", "none"})
_SWARM = "com.docker.swarm."


def unhardened(host: Snapshot) -> Iterator[Weakness]:
    """Yield what is left out, as far as the engine told of itself; of Podman, which has no daemon, only the first."""
    info = host.info
    yield from _modules(host)
    if host.clock_at is None or host.version.podman or info.os_type == "windows":
        return
    yield from _confinement(host)
    if not info.plugins.authorization:
        yield Weakness("whoever reaches it may do everything", "GET /info Plugins.Authorization", "none", "2.12")
    if info.logging_driver in _LOCAL:
        yield Weakness("logs stay on the host", "GET /info LoggingDriver", info.logging_driver, "2.13")
    if not info.live_restore_enabled and info.swarm.local_node_state != "active":
        yield Weakness("containers end with it", "GET /info LiveRestoreEnabled", "false", "2.15")
    if any(network.default_bridge and network.icc for network in host.networks):
        what = "containers on its default bridge reach each other"
        yield Weakness(what, "GET /networks bridge Options", "enable_icc=true", "2.2")
    if info.debug:
        yield Weakness("it logs at level debug", "GET /info Debug", "true", "2.3")
    if info.experimental_build:
        yield Weakness("experimental features are on", "GET /info ExperimentalBuild", "true", "2.18")
    if info.swarm.local_node_state == "active" and info.swarm.nodes == 1 and not _serves(host):
        yield Weakness("it is a swarm of one without a service", "GET /info Swarm", "active, 1 node", "5.1")


def _modules(host: Snapshot) -> Iterator[Weakness]:
    options = host.info.security_options
    if options and not any(name in option for option in options for name in ("apparmor", "selinux")):
        what = "neither AppArmor nor SELinux confines containers"
        yield Weakness(what, "GET /info SecurityOptions", ", ".join(options), "5.2, 5.3")


def _confinement(host: Snapshot) -> Iterator[Weakness]:
    options = host.info.security_options
    listed = ", ".join(options)
    if options and not any(name in option for option in options for name in ("rootless", "userns")):
        yield Weakness("root in a container is root on the host", "GET /info SecurityOptions", listed, "2.1, 2.9")
    if options and not any("seccomp" in option and "unconfined" not in option for option in options):
        yield Weakness("it filters no system calls", "GET /info SecurityOptions", listed, "2.17")


def _serves(host: Snapshot) -> bool:
    return any(label.startswith(_SWARM) for summary in host.summaries for label in summary.labels)
