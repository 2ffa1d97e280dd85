"""Nodes that joined, left, fell silent or were closed, and certificates that were renewed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sickbay.diagnostics.events import Event, EventKind
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node, Taint
from sickbay.diagnostics.platforms.kubernetes.writers import writer_of

#: A node that is ready within this time of its joining has only started.
_STARTING = timedelta(minutes=10)
_CORDONED = "node.kubernetes.io/unschedulable"
#: Taints that the cluster itself sets while a node is ill: its conditions tell the same.
_ILL = "node.kubernetes.io/"
_KUBELET = "system:node:"
#: The reason of a condition that was never another one.
_NEVER = "NodeStatusNeverUpdated"
CLOSED = "spec.unschedulable"


def changed_nodes(cluster: Snapshot) -> Iterator[Event]:
    """Yield what changed of the nodes that are there, and those that left."""
    for node in cluster.nodes:
        if node.metadata.created_at >= cluster.changes_start:
            yield joined(node)
        for condition in node.status.conditions:
            yield from turned(node, condition)
        yield from _closed(node)
    for event in cluster.removals:
        name = event.involved_object.name
        if name not in cluster.node_by_name:
            yield of_node(name, event.last_seen, EventKind.NODE_LOST, source=f"RemovingNode event of node/{name}")
    for event in cluster.events:
        if event.involved_object.kind == "Node" and event.reason == "Rebooted":
            name = event.involved_object.name
            yield of_node(name, event.last_seen, EventKind.ENGINE, "reboot", source=f"Rebooted event of node/{name}")


def joined(node: Node) -> Event:
    """Give the joining of a node."""
    about, version = node.metadata, node.status.node_info.kubelet_version
    field = "kubeletVersion" if version else ""
    return of_node(about.name, about.created_at, EventKind.NODE_JOINED, field, after=version)


def turned(node: Node, condition: Condition) -> Iterator[Event]:
    """Yield the turn of a condition, unless it is that of a node that has only started."""
    at, name = condition.last_transition_time, node.metadata.name
    if at is None:
        return
    field, well = f"conditions[{condition.type}]", "True" if condition.type == "Ready" else "False"
    if condition.status != well:
        kind = EventKind.NODE_LOST if condition.type == "Ready" else EventKind.NODE_CHANGED
        after = f"{condition.status} ({condition.reason})" if condition.reason else condition.status
        before = "" if condition.reason == _NEVER else well
        yield of_node(name, at, kind, field, before=before, after=after)
    elif condition.type == "Ready" and at - node.metadata.created_at > _STARTING:
        yield of_node(name, at, EventKind.NODE_CHANGED, field, after="True")


def cordoned(node: Node, at: datetime) -> Event:
    """Give the cordon of a node."""
    actor = writer_of(node.metadata, "unschedulable", at)
    return of_node(node.metadata.name, at, EventKind.NODE_CHANGED, CLOSED, after="true", actor=actor)


def tainted(node: Node, taint: Taint, at: datetime) -> Event:
    """Give a taint that somebody put on a node."""
    field, after = f"spec.taints[{taint.key}]", f"{taint.value}:{taint.effect}".lstrip(":")
    actor = writer_of(node.metadata, "taints", at)
    return of_node(node.metadata.name, at, EventKind.NODE_CHANGED, field, after=after, actor=actor)


def is_own(taint: Taint) -> bool:
    """Say whether the cluster itself sets such a taint, while a node is ill or cordoned."""
    return taint.key.startswith(_ILL)


def _closed(node: Node) -> Iterator[Event]:
    for taint in node.spec.taints:
        if taint.key == _CORDONED and taint.time_added:
            yield cordoned(node, taint.time_added)
        elif taint.time_added and not is_own(taint):
            yield tainted(node, taint, taint.time_added)


def renewed_certificates(cluster: Snapshot) -> Iterator[Event]:
    """Yield the certificates that are new: the API server's, cert-manager's, and those that kubelets were given."""
    for certificate in cluster.certificates:
        yield Event(
            at=certificate.not_before, source=f"certificate of the {certificate.whose}", subject=str(cluster.subject),
            kind=EventKind.CERTIFICATE, field=f"certificate of the {certificate.whose}",
            after=f"valid until {certificate.not_after:%Y-%m-%d}",
        )  # fmt: skip
    for issued in cluster.issued:
        if issued.status.not_before and issued.status.not_after:
            subject = str(Subject("certificate", issued.name))
            yield Event(
                at=issued.status.not_before, source=subject, subject=subject, kind=EventKind.CERTIFICATE,
                after=f"valid until {issued.status.not_after:%Y-%m-%d}", actor="cert-manager",
            )  # fmt: skip
    for item in cluster.certificatesigningrequests:
        approved = next((one for one in item.status.conditions if one.type == "Approved"), None)
        who = item.spec.username
        if approved and who.startswith(_KUBELET):
            at = approved.last_update_time or item.metadata.created_at
            source = f"certificatesigningrequest {item.name}"
            yield of_node(
                who.removeprefix(_KUBELET), at, EventKind.CERTIFICATE, item.spec.signer_name, source=source,
                actor=approved.reason,
            )  # fmt: skip


def of_node(
    name: str, at: datetime, kind: EventKind, field: str = "", *, before: str = "", after: str = "", actor: str = "",
    source: str = "",
) -> Event:  # fmt: skip
    """Give an event of a node."""
    return Event(
        at=at, source=source or f"node/{name}", subject=str(Subject("node", name)), kind=kind, field=field,
        before=before, after=after, actor=actor,
    )  # fmt: skip
