"""Nodes that joined, left, fell silent or were closed, and certificates that were renewed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sickbay.diagnostics.events import Event, EventKind
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.writers import writer_of

#: A node that is ready within this time of its joining has only started.
_STARTING = timedelta(minutes=10)
_CORDONED = "node.kubernetes.io/unschedulable"
#: Taints that the cluster itself sets while a node is ill: its conditions tell the same.
_ILL = "node.kubernetes.io/"
_KUBELET = "system:node:"


def changed_nodes(cluster: Snapshot) -> Iterator[Event]:
    """Yield what changed of the nodes that are there, and those that left."""
    for node in cluster.nodes:
        yield from _joined(cluster, node)
        for condition in node.status.conditions:
            yield from _condition(node, condition)
        yield from _closed(node)
    for event in cluster.removals:
        name = event.involved_object.name
        if name not in cluster.node_by_name:
            yield _of(name, event.last_seen, EventKind.NODE_LOST, source=f"RemovingNode event of node/{name}")
    for event in cluster.events:
        if event.involved_object.kind == "Node" and event.reason == "Rebooted":
            name = event.involved_object.name
            yield _of(name, event.last_seen, EventKind.ENGINE, "reboot", source=f"Rebooted event of node/{name}")


def _joined(cluster: Snapshot, node: Node) -> Iterator[Event]:
    if node.metadata.created_at >= cluster.changes_start:
        version = node.status.node_info.kubelet_version
        yield _of(
            node.metadata.name, node.metadata.created_at, EventKind.NODE_JOINED, "kubeletVersion" if version else "",
            after=version,
        )  # fmt: skip


def _condition(node: Node, condition: Condition) -> Iterator[Event]:
    at, name = condition.last_transition_time, node.metadata.name
    if at is None:
        return
    field, well = f"conditions[{condition.type}]", "True" if condition.type == "Ready" else "False"
    if condition.status != well:
        kind = EventKind.NODE_LOST if condition.type == "Ready" else EventKind.NODE_CHANGED
        after = f"{condition.status} ({condition.reason})" if condition.reason else condition.status
        yield _of(name, at, kind, field, before=well, after=after)
    elif condition.type == "Ready" and at - node.metadata.created_at > _STARTING:
        yield _of(name, at, EventKind.NODE_CHANGED, field, after="True")


def _closed(node: Node) -> Iterator[Event]:
    about = node.metadata
    for taint in node.spec.taints:
        if taint.key == _CORDONED and taint.time_added:
            actor = writer_of(about, "unschedulable", taint.time_added)
            yield _of(
                about.name, taint.time_added, EventKind.NODE_CHANGED, "spec.unschedulable", after="true", actor=actor
            )
        elif taint.time_added and not taint.key.startswith(_ILL):
            field, after = f"spec.taints[{taint.key}]", f"{taint.value}:{taint.effect}".lstrip(":")
            yield _of(
                about.name, taint.time_added, EventKind.NODE_CHANGED, field, after=after,
                actor=writer_of(about, "taints", taint.time_added),
            )  # fmt: skip


def renewed_certificates(cluster: Snapshot) -> Iterator[Event]:
    """Yield the certificates that hold since the window: the API server's, and those that kubelets were given."""
    for certificate in cluster.certificates:
        yield Event(
            at=certificate.not_before, source=f"certificate of the {certificate.whose}", subject=str(cluster.subject),
            kind=EventKind.CERTIFICATE, field=f"certificate of the {certificate.whose}",
            after=f"valid until {certificate.not_after:%Y-%m-%d}",
        )  # fmt: skip
    for item in cluster.certificatesigningrequests:
        approved = next((one for one in item.status.conditions if one.type == "Approved"), None)
        who = item.spec.username
        if approved and who.startswith(_KUBELET):
            at = approved.last_update_time or item.metadata.created_at
            source = f"certificatesigningrequest {item.name}"
            yield _of(
                who.removeprefix(_KUBELET), at, EventKind.CERTIFICATE, item.spec.signer_name, source=source,
                actor=approved.reason,
            )  # fmt: skip


def _of(
    name: str, at: datetime, kind: EventKind, field: str = "", *, before: str = "", after: str = "", actor: str = "",
    source: str = "",
) -> Event:  # fmt: skip
    return Event(
        at=at, source=source or f"node/{name}", subject=str(Subject("node", name)), kind=kind, field=field,
        before=before, after=after, actor=actor,
    )  # fmt: skip
