"""A volume is gone or broken."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-V102",
    title="Volume lost",
    severity=Severity.HIGH,
    remedy="Restore the volume, or restore the data from its backup into a new one.",
    explains=("K8S-V101", "K8S-P104", "K8S-P107"),
)
def volume_lost(cluster: Snapshot) -> Iterator[Finding]:
    """A claim has lost the volume that it was bound to, or a volume has failed.

    A claim is Lost when its volume no longer exists: what was on it is gone from the cluster's sight. A volume is
    Failed when it could not be reclaimed after its claim was deleted: its storage is still there, and still paid for.
    """
    for claim in cluster.persistentvolumeclaims:
        if claim.status.phase == "Lost":
            subject, name = Subject("persistentvolumeclaim", claim.name), claim.spec.volume_name
            yield Finding(
                subject=subject,
                summary=f"Claim {claim.name} has lost its volume {name}: the volume no longer exists in the cluster.",
                evidence=(cluster.evidence("persistentvolumeclaims", claim, "status.phase", "Lost"),),
                remedy=remedy(
                    cluster,
                    subject,
                    f"Create volume {name} again for the storage that it stood for, or make the claim anew and restore "
                    "its data.",
                    kubectl("describe", subject),
                ),
            )
    for volume in cluster.persistentvolumes:
        if volume.status.phase == "Failed":
            subject, said = Subject("persistentvolume", volume.name), volume.status.message or volume.status.reason
            yield Finding(
                subject=subject,
                summary=f"Volume {volume.name} has failed and could not be reclaimed"
                f"{f': {said[:200]}' if said else ', for no reason given'}.",
                evidence=(cluster.evidence("persistentvolumes", volume, "status", f"Failed: {said or '-'}"),),
                remedy=remedy(
                    cluster,
                    subject,
                    "Do what the message asks, then delete the volume, and the storage behind it where that stays.",
                    kubectl("describe", subject),
                ),
            )
