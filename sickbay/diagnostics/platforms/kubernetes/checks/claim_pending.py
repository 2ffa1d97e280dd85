"""A claim waits for its volume."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.claims import Wait, why_pending
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.storage import PersistentVolumeClaim

_ORDINAL = re.compile(r"-\d+$")


@check(
    "K8S-V101",
    title="Claim without a volume",
    severity=Severity.HIGH,
    remedy="Name a storage class that is there and whose provisioner runs.",
    explains=("K8S-P104", "K8S-W101", "K8S-W103"),
)
def claim_pending(cluster: Snapshot) -> Iterator[Finding]:
    """A claim stays Pending, so no pod that mounts it can be placed.

    Told apart: the class does not exist; none was named and the cluster has no default; the class makes no volumes by
    itself; its provisioner fails, in its own words (ProvisioningFailed), or does not answer, which is inferred. A class
    that waits for the first consumer is no fault by itself: such a claim is Pending until a pod that uses it is placed.
    """
    groups: dict[tuple[str, str], list[tuple[PersistentVolumeClaim, Wait]]] = {}
    for claim in cluster.persistentvolumeclaims:
        if wait := why_pending(cluster, claim):
            # The claims of a StatefulSet's replicas differ by their ordinal alone.
            groups.setdefault((_ORDINAL.sub("", claim.name), wait.why), []).append((claim, wait))
    for members in groups.values():
        claim, wait = members[0]
        subject = Subject("persistentvolumeclaim", claim.name)
        more = f" (and {len(members) - 1} more like it)" if len(members) > 1 else ""
        written = claim.spec.storage_class_name
        field = cluster.evidence("persistentvolumeclaims", claim, "spec.storageClassName", written or "none")
        yield Finding(
            subject=subject,
            summary=f"Claim {claim.name}{more} has no volume: {wait.why}.",
            evidence=(field, cluster.event_evidence(wait.event)) if wait.event else (field,),
            confidence=Confidence.INFERRED if wait.inferred else Confidence.OBSERVED,
            remedy=remedy(cluster, subject, wait.cure, kubectl("describe", subject)),
            first_seen=claim.metadata.creation_timestamp,
            last_seen=wait.event.last_seen if wait.event else cluster.now,
            count=len(members),
        )
