"""The last update of a service did not go through."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.updates import failed_updates


@check(
    "DKR-S105",
    title="Update failed",
    severity=Severity.HIGH,
    remedy="Mend what keeps the new tasks from running, and update again, or go back: docker service rollback.",
)
def update_failed(swarm: Snapshot) -> Iterator[Finding]:
    """An update of a service is paused, or was rolled back, because its new tasks failed.

    A paused update leaves old and new tasks side by side until somebody goes on or rolls back, however long ago that
    was. One that was rolled back by itself left the service as it was before, and is told while it lies in the window.
    An update under way is none of this.
    """
    for update in failed_updates(swarm):
        service, status = update.service, update.service.update_status
        yield Finding(
            subject=swarm.service_subject(service),
            summary=f"{service.name}: {update.says}.",
            evidence=update.evidence,
            remedy=update.remedy,
            first_seen=status.started_at,
            last_seen=update.ended or swarm.taken_at,
        )
