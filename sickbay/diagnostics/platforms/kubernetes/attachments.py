"""Volumes that cannot be attached to a node or detached from one, by the attach controller's and the driver's words."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_MULTI = re.compile(r'Multi-Attach error for volume "([^"]+)"')
_QUOTED = 200


class Fault(Struct, frozen=True):
    """What is wrong with the attachment of a volume, after its name, and what to do."""

    volume: str
    what: str
    cure: str
    evidence: Evidence


def attachment_faults(cluster: Snapshot) -> Mapping[str, list[Fault]]:
    """Give the faults of each volume, the controller's before the drivers'."""
    by_volume: dict[str, list[Fault]] = {}
    for fault in (*_multi_attached(cluster), *_refused(cluster)):
        by_volume.setdefault(fault.volume, []).append(fault)
    return by_volume


def _multi_attached(cluster: Snapshot) -> Iterator[Fault]:
    holders = {
        item.spec.source.persistent_volume_name: item.spec.node_name
        for item in cluster.volumeattachments
        if item.status.attached
    }
    there = {pod.name for pod in cluster.unsteady if not pod.finished}
    for event in cluster.events:
        if event.reason != "FailedAttachVolume":
            continue
        found, thing = _MULTI.search(event.message), event.involved_object
        recent = event.last_seen >= cluster.window_start
        if found and recent and f"{thing.namespace}/{thing.name}" in there:
            node = holders.get(found[1])
            on = f"node {node}" if node else "another node"
            cure = f"End the pod that uses it on {on}; if that node is gone for good, delete it: that frees the volume."
            yield Fault(
                found[1],
                f"is still attached to {on}, and pod {thing.name} waits for it",
                cure,
                cluster.event_evidence(event),
            )


def _refused(cluster: Snapshot) -> Iterator[Fault]:
    for item in cluster.volumeattachments:
        volume, node = item.spec.source.persistent_volume_name, item.spec.node_name
        for verb, error in (("attached to", item.status.attach_error), ("detached from", item.status.detach_error)):
            if error and not (verb == "attached to" and item.status.attached):
                said = error.message[:_QUOTED]
                field = "status.attachError" if verb == "attached to" else "status.detachError"
                cure = f"Read the log of the driver {item.spec.attacher}: it says why it was refused."
                proof = cluster.evidence("volumeattachments", item, field, error.message)
                yield Fault(volume, f'cannot be {verb} node {node}: "{said}"', cure, proof)
