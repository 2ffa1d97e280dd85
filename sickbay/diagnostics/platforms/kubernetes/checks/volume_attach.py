"""A volume cannot be attached to the node that needs it."""

import re
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_MULTI = re.compile(r'Multi-Attach error for volume "([^"]+)"')
_QUOTED = 200


class _Fault(Struct, frozen=True):
    volume: str
    what: str
    cure: str
    evidence: Evidence


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
    by_volume: dict[str, list[_Fault]] = {}
    for fault in (*_multi_attached(cluster), *_refused(cluster)):
        if cluster.request.scope and fault.volume not in claims:
            continue  # attachments are listed for the whole cluster
        by_volume.setdefault(fault.volume, []).append(fault)
    for volume, faults in by_volume.items():
        claim = claims.get(volume)
        subject = Subject("persistentvolumeclaim", claim) if claim else Subject("persistentvolume", volume)
        whose = f"Volume {volume} of claim {claim}" if claim else f"Volume {volume}"
        yield Finding(
            subject=subject,
            summary=f"{whose} {faults[0].what}.",
            evidence=tuple(fault.evidence for fault in faults[:5]),
            remedy=remedy(cluster, subject, faults[0].cure, kubectl("describe", subject)),
        )


def _multi_attached(cluster: Snapshot) -> Iterator[_Fault]:
    holders = {
        item.spec.source.persistent_volume_name: item.spec.node_name
        for item in cluster.volumeattachments
        if item.status.attached
    }
    there = {pod.name for pod in cluster.pods if not pod.finished}
    for event in cluster.events:
        found = _MULTI.search(event.message) if event.reason == "FailedAttachVolume" else None
        thing = event.involved_object
        recent = event.last_seen >= cluster.window_start
        if found and recent and f"{thing.namespace}/{thing.name}" in there:
            node = holders.get(found[1])
            on = f"node {node}" if node else "another node"
            cure = f"End the pod that uses it on {on}; if that node is gone for good, delete it: that frees the volume."
            yield _Fault(
                found[1],
                f"is still attached to {on}, and pod {thing.name} waits for it",
                cure,
                cluster.event_evidence(event),
            )


def _refused(cluster: Snapshot) -> Iterator[_Fault]:
    for item in cluster.volumeattachments:
        volume, node = item.spec.source.persistent_volume_name, item.spec.node_name
        for verb, error in (("attached to", item.status.attach_error), ("detached from", item.status.detach_error)):
            if error and not (verb == "attached to" and item.status.attached):
                said = error.message[:_QUOTED]
                field = "status.attachError" if verb == "attached to" else "status.detachError"
                cure = f"Read the log of the driver {item.spec.attacher}: it says why it was refused."
                proof = cluster.evidence("volumeattachments", item, field, error.message)
                yield _Fault(volume, f'cannot be {verb} node {node}: "{said}"', cure, proof)
