"""A container runs against one of its limits."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.limits import pressures
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-C108",
    title="At its resource limit",
    severity=Severity.MEDIUM,
    remedy="Raise the limit that is reached, or lower the load; watch whether its use still grows.",
    explains=("DKR-C105",),
)
def resource_pressure(host: Snapshot) -> Iterator[Finding]:
    """The container uses 90 % of its memory or process limit, or its CPU limit holds it back in 25 % of periods.

    Memory counts as `docker stats` counts: usage less the file cache that can be given back. CPU throttling is the
    difference between two samples taken about a second apart.
    """
    for container in host.containers:
        if not (container.state.running and container.samples):
            continue
        if reached := list(pressures(container)):
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} {' and '.join(pressure.what for pressure in reached)}.",
                evidence=tuple(pressure.proof for pressure in reached),
                owner=owner_of(container.labels),
                last_seen=host.taken_at,
            )
