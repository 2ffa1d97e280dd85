"""A container ignored the request to stop and was killed."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.exits import STOP_TIMEOUT, killed_for_memory, last_exit, signal_name
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_SIGKILL, _KILLED = 9, 137


@check(
    "DKR-C103",
    title="Killed after ignoring stop",
    severity=Severity.HIGH,
    remedy="Let the main process handle SIGTERM: exec form instead of a shell, or `--init`; or give it a longer stop timeout.",
)
def killed_on_stop(host: Snapshot) -> Iterator[Finding]:
    """Docker asked the container to stop, waited, and had to kill it: what it was doing was cut off. It is not an OOM.

    Recognised by a `kill` event with the stop signal, then one with SIGKILL, and exit code 137. `docker stop` waits 10 s by
    default. Usual causes: process 1 is a shell that passes no signals on, has no handler for SIGTERM (the kernel ignores
    it for process 1 then), or takes longer than the timeout to end.
    """
    for container in host.containers:
        end = last_exit(host, container)
        if end is None or end.code != _KILLED or len(end.asked) < 2 or end.asked[-1] != _SIGKILL:
            continue
        if end.asked[0] == _SIGKILL or container.state.oom_killed or killed_for_memory(host, container):
            continue
        patience = container.inspect.config.stop_timeout or STOP_TIMEOUT.seconds
        asked = signal_name(end.asked[0])
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} ignored {asked} for {patience} s and was killed at {end.at:%H:%M} UTC; "
            "whatever it was doing was cut off.",
            evidence=(
                host.evidence("GET /events", f"kill signals {', '.join(signal_name(item) for item in end.asked)}"),
                *end.evidence,
                container.evidence("Config.StopTimeout", f"{patience} s"),
                container.evidence("Path", container.inspect.path),
            ),
            first_seen=end.at,
            last_seen=end.at,
        )
