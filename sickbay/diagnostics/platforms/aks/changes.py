"""Who changed what of the cluster, as the activity log tells it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.wire.monitoring import ActivityEvent
from sickbay.diagnostics.platforms.kubernetes.liveness import failures

#: What ends a name of an operation that changes something, and is no reading of credentials.
_WRITES = ("/write", "/delete", "/action")
_HANDS_OUT = ("listcluster", "/accessprofiles/")
_ENDED = frozenset({"Succeeded", "Failed"})
_UNDER_WAY = frozenset({"Started", "Accepted"})


class Change(NamedTuple):
    """An operation on the cluster or one of its pools: its last event, with who did it, when it began and ended.

    `at` is the time of that last event; `failed` says how the operation ended.
    """

    subject: Subject
    event: ActivityEvent
    began: datetime
    at: datetime
    failed: bool

    @property
    def ended(self) -> bool:
        """Say whether it is no more under way."""
        return self.event.status.value in _ENDED

    @property
    def operation(self) -> str:
        """Give the operation in Azure's words."""
        name = self.event.operation_name
        return name.localized_value or name.value


def changes(aks: Snapshot) -> Mapping[Subject, tuple[Change, ...]]:
    """Give the operations in the window that ended, by their subject, the latest first; each operation once."""
    found: dict[Subject, list[Change]] = {}
    for change in operations(aks):
        if change.ended and change.at >= aks.window_start:
            found.setdefault(change.subject, []).append(change)
    return {subject: tuple(items) for subject, items in found.items()}


def operations(aks: Snapshot) -> tuple[Change, ...]:
    """Give the operations that were read, those under way too, the latest first; each operation once."""
    told: dict[tuple[str, str], list[ActivityEvent]] = {}
    for event in sorted(aks.activity, key=_when, reverse=True):
        operation = event.operation_name.value.lower()
        written = operation.endswith(_WRITES) and not any(part in operation for part in _HANDS_OUT)
        if written and _subject(aks, event.resource_id) and event.status.value in _ENDED | _UNDER_WAY:
            told.setdefault((event.correlation_id or event.resource_id, operation), []).append(event)
    found = []
    for events in told.values():
        last = next((event for event in events if event.status.value in _ENDED), events[0])
        if subject := _subject(aks, last.resource_id):
            failed = last.status.value == "Failed"
            found.append(Change(subject, last, _when(events[-1]), _when(last), failed))
    return tuple(sorted(found, key=lambda change: change.at, reverse=True))


def ails(aks: Snapshot) -> bool:
    """Say whether anything of the cluster is at fault that a change could be at the root of."""
    state = aks.cluster.properties.provisioning_state if aks.cluster else ""
    held = aks.kubernetes
    if state == "Failed" or aks.failed_pools:
        return True
    return held is not None and (
        held.unreachable is not None or bool(held.unsteady) or any(True for _ in failures(held))
    )


def _subject(aks: Snapshot, resource_id: str) -> Subject | None:
    own, asked = aks.id.lower(), resource_id.lower()
    if asked == own:
        return aks.subject
    if asked.startswith(f"{own}/agentpools/"):
        return Subject("nodepool", resource_id.split("/")[10])
    return None


def _when(event: ActivityEvent) -> datetime:
    return event.event_timestamp or datetime.fromisoformat("0001-01-01T00:00:00+00:00")
