"""Somebody stopped tasks."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ended, Ending, ended, told
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.account import TrailEvent


@check(
    "ECS-T109",
    title="Task stopped by somebody",
    severity=Severity.MEDIUM,
    remedy="Ask who stopped it whether that was meant: CloudTrail names them under StopTask.",
    explains=("ECS-S101",),
)
def stopped_by_somebody(ecs: Snapshot) -> Iterator[Finding]:
    """Tasks stopped with UserInitiated: a person or a program called StopTask.

    CloudTrail names who, some minutes later, where looking that up is permitted. A service replaces such a task.
    """
    for group in ended(ecs, Ending.USER):
        who = _stopped(ecs, group)
        by = f" by {who.username}" if who and who.username else ""
        proof = (
            (ecs.evidence("cloudtrail LookupEvents StopTask", f"{who.username} {who.resource}", who.event_time),)
            if who
            else ()
        )
        remedy = Remedy(text=f"Ask {who.username} whether that was meant.") if who and who.username else None
        yield told(ecs, group, f"{group.times} {group.have} stopped{by or ' by a call of StopTask'}.", remedy, proof)


def _stopped(ecs: Snapshot, group: Ended) -> TrailEvent | None:
    ids = {task.id for task in group.tasks}
    return next(
        (item for item in ecs.trail if item.event_name == "StopTask" and any(id_ in item.resource for id_ in ids)), None
    )
