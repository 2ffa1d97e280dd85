"""A volume cannot be attached to the node that needs it."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.attachments import attachment_faults
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-V103",
    title="Volume cannot be attached",
    severity=Severity.HIGH,
    remedy="Detach the volume from the node that holds it, which happens by itself once that node is back or deleted.",
    explains=("K8S-P107",),
)
def volume_attach(cluster: Snapshot) -> Iterator[Finding]:
    """A volume could not be attached or detached, so the pod that needs it does not start.

    Recognised by the error of a VolumeAttachment, or by the event Multi-Attach: a volume for one node alone is still
    attached to another, mostly to one that is silent or whose pod does not end.
    """
    claims = {claim.spec.volume_name: claim.name for claim in cluster.persistentvolumeclaims if claim.spec.volume_name}
    claims |= {
        item.metadata.name: f"{item.spec.claim_ref.namespace}/{item.spec.claim_ref.name}"
        for item in cluster.persistentvolumes
        if item.spec.claim_ref
    }
    for volume, faults in attachment_faults(cluster).items():
        if cluster.request.scope and volume not in claims:
            continue  # attachments are listed for the whole cluster
        claim = claims.get(volume)
        subject = Subject("persistentvolumeclaim", claim) if claim else Subject("persistentvolume", volume)
        whose = f"Volume {volume} of claim {claim}" if claim else f"Volume {volume}"
        yield Finding(
            subject=subject,
            summary=f"{whose} {faults[0].what}.",
            evidence=tuple(fault.evidence for fault in faults[:5]),
            remedy=remedy(cluster, subject, faults[0].cure, kubectl("describe", subject)),
        )
