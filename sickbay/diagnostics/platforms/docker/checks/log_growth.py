"""Nothing keeps a container's log from filling the disk."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import LogConfig

#: -1 is json-file's own way to write 'no limit'.
_BOUNDLESS = frozenset({"", "-1"})


@check(
    "DKR-C109",
    title="Log grows without bound",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Set max-size and max-file for json-file (in daemon.json for new containers), or use the `local` driver.",
    explains=("DKR-E107",),
)
def log_growth(host: Snapshot) -> Iterator[Finding]:
    """The container logs with the json-file driver, which keeps everything unless it is told a max-size.

    No API tells how large the log is or how fast it grows, so this is hygiene: it becomes the cause when the disk is
    full.
    """
    for container in host.containers:
        log = container.inspect.host_config.log_config
        if container.state.running and log.type == "json-file" and log.config.get("max-size", "") in _BOUNDLESS:
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} writes its log with json-file and no max-size, so it can fill the disk.",
                evidence=(container.evidence("HostConfig.LogConfig", _written(log)),),
                owner=owner_of(container.labels),
            )


def _written(log: LogConfig) -> str:
    options = ", ".join(f"{name}={value}" for name, value in sorted(log.config.items()))
    return f"{log.type}, {options or 'no options'}"
