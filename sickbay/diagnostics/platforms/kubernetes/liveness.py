"""Nodes that do not answer, or say that they cannot run pods, and who says so."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.model import Confidence, Evidence
from sickbay.diagnostics.platforms.kubernetes.leases import node_leases
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Lease, Node

#: Seconds: a kubelet renews its lease every 10, and is given up after 40 to 50 (--node-monitor-grace-period).
_SILENT = 60.0
#: Seconds that a new node may take to get ready.
_JOINING = 120.0
_REASONS = {
    "NodeStatusUnknown": "its kubelet has stopped reporting",
    "NodeStatusNeverUpdated": "its kubelet has never reported",
}
_NO_ANSWER = "Look whether the machine runs and reaches the API server; then at its kubelet (systemctl status kubelet)."
_OWN_WORD = "Mend what its kubelet names; its log on the node says more (journalctl -u kubelet)."


class Failure(Struct, frozen=True, kw_only=True):
    """Why a node is not to be relied on, on what evidence, and what to do."""

    node: Node
    why: str
    cure: str
    evidence: Evidence
    since: datetime | None
    confidence: Confidence = Confidence.OBSERVED


def failures(cluster: Snapshot) -> Iterator[Failure]:
    """Yield the nodes that are not ready, or were not heard of for too long; one that joins is given its time."""
    leases = node_leases(cluster)
    for node in cluster.nodes:
        ready, lease = node.condition("Ready"), leases.get(node.name)
        age = since(node.metadata.created_at, cluster.now)
        if ready is None:
            if age > _SILENT:
                yield _never_heard(cluster, node)
        elif ready.status != "True":
            if ready.status != "False" or age > _JOINING:
                yield _unready(cluster, node, ready)
        elif lease and cluster.clock and since(lease.spec.renew_time, cluster.clock) > _SILENT:
            yield _unheard(cluster, node, lease)


def _never_heard(cluster: Snapshot, node: Node) -> Failure:
    evidence = cluster.evidence("nodes", node, "status.conditions", "none")
    why = f"is not ready: {_REASONS['NodeStatusNeverUpdated']}"
    return Failure(node=node, why=why, cure=_NO_ANSWER, evidence=evidence, since=None)


def _unready(cluster: Snapshot, node: Node, ready: Condition) -> Failure:
    told = f"{ready.reason}: {ready.message}"
    return Failure(
        node=node,
        why=f"is not ready: {_REASONS.get(ready.reason) or f'its kubelet says {told}'}".rstrip("."),
        cure=_OWN_WORD if ready.status == "False" else _NO_ANSWER,
        evidence=cluster.evidence("nodes", node, "status.conditions[Ready]", f"{ready.status}, {told}"),
        since=ready.last_transition_time,
    )


def _unheard(cluster: Snapshot, node: Node, lease: Lease) -> Failure:
    age = since(lease.spec.renew_time, cluster.now)
    return Failure(
        node=node,
        why=f"counts as ready but has not renewed its lease for {age:.0f} s: its kubelet is silent and no controller "
        "has noted it yet, or its clock is behind",
        cure=_NO_ANSWER,
        evidence=cluster.evidence("leases", lease, "spec.renewTime", f"{lease.spec.renew_time:%H:%M:%S} UTC"),
        since=lease.spec.renew_time,
        confidence=Confidence.INFERRED,
    )
