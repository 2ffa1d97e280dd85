"""A container shares with its host what it should have for itself."""

from collections.abc import Iterator
from functools import partial

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.weaknesses import Theme, Weakness, of_running

_THEME = Theme("shares with its host:", "share with their host:")


@check(
    "DKR-A103",
    title="Shared namespaces",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Run it without --network host, --ipc host, --uts host and --userns host; publish the ports that it needs.",
    benchmark=("CIS 5.10", "CIS 5.17", "CIS 5.21", "CIS 5.31"),
)
def shared_namespaces(host: Snapshot) -> Iterator[Finding]:
    """The container uses the host's network, shared memory (IPC), name (UTS), or its users where others are remapped.

    On the host's network it reaches what listens on the loopback alone, and every port that it opens is open on the
    host. The host's processes are DKR-C111.
    """
    yield from of_running(host, _THEME, partial(_shared, host))


def _shared(host: Snapshot, container: Container) -> Iterator[Weakness]:
    config = container.inspect.host_config
    if config.network_mode == "host":
        yield Weakness("the network", "HostConfig.NetworkMode", "host", "5.10")
    if config.ipc_mode == "host":
        yield Weakness("the IPC", "HostConfig.IpcMode", "host", "5.17")
    if config.uts_mode == "host":
        yield Weakness("the host name", "HostConfig.UTSMode", "host", "5.21")
    if config.userns_mode == "host" and any("userns" in option for option in host.info.security_options):
        yield Weakness("the users", "HostConfig.UsernsMode", "host", "5.31")
