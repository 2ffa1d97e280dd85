"""Nothing keeps a container's log from filling the disk."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-C109",
    title="Log grows without bound",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Set max-size and max-file for the json-file driver (in daemon.json for all new containers), or use the `local` driver.",
    explains=("DKR-E107",),
)
def log_growth(host: Snapshot) -> Iterator[Finding]:
    """The container logs with the json-file driver, which keeps everything unless it is told a max-size.

    No API tells how large the log is or how fast it grows, so this is hygiene: it becomes the cause when the disk is full.
    """
    for container in host.containers:
        log = container.inspect.host_config.log_config
        if container.state.running and log.type == "json-file" and "max-size" not in log.config:
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} writes its log with json-file and no max-size, so it can fill the disk.",
                evidence=(container.evidence("HostConfig.LogConfig", f"{log.type} {dict(log.config)}"),),
            )
