"""A container's own health check fails."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.probing import failing
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_QUOTED = 120


@check(
    "DKR-C105",
    title="Failing health check",
    severity=Severity.HIGH,
    remedy="Run the check's command by hand to see what it sees; fix the application, or the check's timing.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115"),
)
def unhealthy(host: Snapshot) -> Iterator[Finding]:
    """The health check failed at least as often in a row as its `retries` allow (3 by default): it is unhealthy.

    The last run's output is the evidence. A container that is still within its start period is left alone. Usual
    causes: the application hangs or listens elsewhere, the image lacks the check's program (curl), the timeout is too
    short.
    """
    for container in host.containers:
        probe = failing(container)
        if probe is None:
            continue
        said = probe.output.splitlines()[-1][:_QUOTED] if probe.output else ""
        times = probe.health.failing_streak
        streak = f" has failed {times} times in a row" if times else " fails"
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} runs, but its health check{streak}" + (f': "{said}".' if said else "."),
            evidence=(*probe.evidence(), *container.log_evidence()),
            remedy=probe.cure,
            owner=owner_of(container.labels),
            first_seen=probe.began,
            last_seen=host.taken_at,
            count=max(1, times),
        )
