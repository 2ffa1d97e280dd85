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
_ENDED = ("Succeeded", "Failed")


class Change(NamedTuple):
    """An operation on the cluster or one of its pools, by whom, when, and whether it failed."""

    subject: Subject
    event: ActivityEvent
    at: datetime
    failed: bool

    @property
    def operation(self) -> str:
        """Give the operation in Azure's words."""
        name = self.event.operation_name
        return name.localized_value or name.value


def changes(aks: Snapshot) -> Mapping[Subject, tuple[Change, ...]]:
    """Give the operations in the window that ended, by their subject, the latest first; each operation once."""
    found: dict[Subject, list[Change]] = {}
    seen = set[tuple[str, str]]()
    for event in sorted(aks.activity, key=_when, reverse=True):
        operation, subject = event.operation_name.value.lower(), _subject(aks, event.resource_id)
        key = (event.correlation_id or event.resource_id, operation)
        written = operation.endswith(_WRITES) and not any(part in operation for part in _HANDS_OUT)
        ended = event.status.value in _ENDED and _when(event) >= aks.window_start
        if subject and written and ended and key not in seen:
            seen.add(key)
            failed = event.status.value == "Failed"
            found.setdefault(subject, []).append(Change(subject, event, _when(event), failed))
    return {subject: tuple(items) for subject, items in found.items()}


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
