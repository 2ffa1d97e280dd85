"""What Azure's side of a cluster tells of changes by itself: the operations in its activity log."""

from sickbay.diagnostics.events import Event, EventKind, Told, shortened
from sickbay.diagnostics.platforms.aks import rights
from sickbay.diagnostics.platforms.aks.changes import Change, operations
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

SOURCE = "the activity log of Azure"


def changes(aks: Snapshot) -> Told:
    """Give the operations on the cluster and its node pools, each with when it began, by whom and how it ended.

    What changed in the Kubernetes part is told by that.
    """
    unread = aks.unreachable is not None or any(gap.what == rights.ACTIVITY.what for gap in aks.gaps)
    if aks.cluster is None or unread:
        return Told()
    told = (changed(aks, change) for change in operations(aks))
    return Told(changes=tuple(sorted(told, key=lambda event: event.at)), sources=(SOURCE,))


def changed(aks: Snapshot, change: Change) -> Event:
    """Give an operation as a change of the cluster or its pool; of a pool that is gone, of the cluster."""
    subject, kind = change.subject, EventKind.CONFIG if change.subject == aks.subject else EventKind.NODE_CHANGED
    # How it ended is no value by itself: findings say `Succeeded` and `Failed` of much.
    after = f"{change.operation}{'' if change.ended else ' (under way)'}{' (failed)' if change.failed else ''}"
    field = "operation"
    if change.event.operation_name.value.lower().endswith("/delete"):
        kind = EventKind.REMOVED
        field, after = "" if subject == aks.subject else f"node pool {subject.name}", ""
        subject = aks.subject
    return Event(
        at=change.began,
        source=shortened(f"{SOURCE}: {change.event.operation_name.value}"),
        subject=shortened(str(subject)),
        kind=kind,
        field=shortened(field),
        after=shortened(after),
        actor=shortened(change.event.caller),
    )
