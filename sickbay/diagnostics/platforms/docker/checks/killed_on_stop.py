"""A container ignored the request to stop and was killed."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.exit_codes import signal_name
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.exits import clock, ended_for_memory, last_exit
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_SIGKILL, _KILLED = 9, 137


@check(
    "DKR-C103",
    title="Killed after ignoring stop",
    severity=Severity.HIGH,
    remedy="Let process 1 handle SIGTERM: exec form instead of a shell, or `--init`; or give it a longer stop timeout.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C115", "DKR-N111"),
)
def killed_on_stop(host: Snapshot) -> Iterator[Finding]:
    """Docker asked the container to stop, waited, and had to kill it: what it was doing was cut off. It is not an OOM.

    Recognised by a `kill` event with the stop signal, then one with SIGKILL, and exit code 137. `docker stop` waits 10
    s by default. Usual causes: process 1 is a shell that passes no signals on, has no handler for SIGTERM (the kernel
    ignores it for process 1 then), or takes longer than the timeout to end.
    """
    for container in host.containers:
        end = last_exit(host, container)
        if end is None or end.code != _KILLED or len(end.asked) < 2 or end.asked[-1].number != _SIGKILL:
            continue
        asked = next((item for item in reversed(end.asked) if item.number != _SIGKILL), None)
        if asked is None or ended_for_memory(host, container, end):
            continue
        waited = (end.asked[-1].at - asked.at).total_seconds()
        sent = ", ".join(f"{item.at:%H:%M:%S} UTC {signal_name(item.number)}" for item in end.asked)
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} ignored {signal_name(asked.number)} for {waited:.0f} s and was killed at "
            f"{clock(end.at, host.taken_at)}; whatever it was doing was cut off.",
            evidence=(
                host.evidence("GET /events", f"kill {container.name}: {sent}"),
                *end.evidence,
                container.evidence("Path", " ".join([container.inspect.path, *container.inspect.args])),
            ),
            owner=owner_of(container.labels),
            first_seen=end.at,
            last_seen=end.at,
        )
