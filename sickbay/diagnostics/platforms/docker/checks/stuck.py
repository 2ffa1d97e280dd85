"""A container that is neither running nor gone."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.standstills import standstills


@check(
    "DKR-C112",
    title="Stuck",
    severity=Severity.MEDIUM,
    remedy="Unpause or remove it; give one that collects zombies `--init`.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-N111"),
)
def stuck(host: Snapshot) -> Iterator[Finding]:
    """The container has been paused for an hour, dead or removing for ten minutes, or collects zombie processes.

    A paused container is frozen by the cgroup freezer: it holds its ports and memory, and answers nobody. When it was
    paused is known from the `pause` event while the engine remembers it; later it is inferred from when it started.
    """
    for container in host.containers:
        for standstill in standstills(host, container):
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} {standstill.what}.",
                evidence=standstill.evidence,
                confidence=standstill.confidence,
                remedy=standstill.remedy,
                first_seen=standstill.since,
                last_seen=standstill.until,
                count=standstill.count,
            )
