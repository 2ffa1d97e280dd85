"""Nothing keeps a container's log from filling the disk."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.weaknesses import Theme, Weakness, of_running
from sickbay.diagnostics.platforms.docker.wire.containers import LogConfig

#: -1 is json-file's own way to write 'no limit'.
_BOUNDLESS = frozenset({"", "-1"})
_THEME = Theme("can fill the disk:", "can fill the disk:")


@check(
    "DKR-C109",
    title="Log grows without bound",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Set max-size and max-file for json-file (in daemon.json for new containers), or use the `local` driver.",
)
def log_growth(host: Snapshot) -> Iterator[Finding]:
    """The container logs with the json-file driver, which keeps everything unless it is told a max-size.

    No API tells how large the log is or how fast it grows, so this is hygiene, and never called the cause of a full
    disk: most hosts are set up like that.
    """
    yield from of_running(host, _THEME, _boundless)


def _boundless(container: Container) -> Iterator[Weakness]:
    log = container.inspect.host_config.log_config
    if log.type == "json-file" and log.config.get("max-size", "") in _BOUNDLESS:
        yield Weakness("a log with json-file and no max-size", "HostConfig.LogConfig", _written(log))


def _written(log: LogConfig) -> str:
    options = ", ".join(f"{name}={value}" for name, value in sorted(log.config.items()))
    return f"{log.type}, {options or 'no options'}"
