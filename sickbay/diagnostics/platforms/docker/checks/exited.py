"""A container ended by itself with an error."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.codes import cure, says
from sickbay.diagnostics.platforms.docker.exits import clock, unasked_failure
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_QUOTED = 120
_SIGNALLED = 129
_REFUSED = "could not be started"


@check(
    "DKR-C101",
    title="Exited with an error",
    severity=Severity.HIGH,
    remedy="Read the last lines of its log: the application ended itself and says why there.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115", "DKR-N111"),
)
def exited(host: Snapshot) -> Iterator[Finding]:
    """A container stopped with an exit code other than 0 that nobody asked for.

    The code tells who failed: 1 to 124 are the application's own; 125 is the engine's; 126 means that the command may
    not be executed, 127 that it was not found (an exec-form command is looked up without a shell, so give its full
    path); 128 and a signal's number that a signal ended it (139 is SIGSEGV, 134 SIGABRT, 137 SIGKILL). 137 alone is not
    called out of memory. An end that `docker stop` or `docker kill` asked for is none of this; where the engine no
    longer remembers whether it was asked, 130 and 143 are taken for such an end.
    """
    for container in host.containers:
        end = unasked_failure(host, container)
        if end is None:
            continue
        since = "; it was restarted and runs again" if container.state.status == "running" else ""
        started = (
            f"exited with code {end.code} at {clock(end.at, host.taken_at)}" if container.ever_started else _REFUSED
        )
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} {started}: {says(container, end)}{_said(container)}{since}.",
            evidence=(*end.evidence, *container.log_evidence()),
            confidence=Confidence.OBSERVED if end.remembered or end.code < _SIGNALLED else Confidence.INFERRED,
            remedy=cure(container, end),
            owner=owner_of(container.labels),
            first_seen=end.at,
            last_seen=end.at,
        )


def _said(container: Container) -> str:
    """Quote the end of the log: the line that names an error, else the last one."""
    if container.log is None or not (last := container.log.last_line):
        return ""
    error = container.log.last_error or last
    return f'; its {"last line was" if error == last else "log says"} "{error[:_QUOTED]}"'
