"""AWS took the capacity away that a task ran on."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ending, ended, told
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot

_WHY = {
    "SpotInterruption": (
        "AWS took its Spot capacity back",
        "Spread over more zones and instance types, keep a base that is not Spot, and handle SIGTERM within 2 min.",
    ),
    "TerminationNotice": (
        "the machine below it was to be terminated",
        "Let the group drain its instances (managed draining) before it terminates them; a retirement is announced.",
    ),
    "InfrastructureHealth": (
        "the machine below it was found unhealthy",
        "Nothing is to be done where the task was replaced; run at least two tasks, in several zones.",
    ),
}
_OTHER = (
    "its machine was stopped or terminated",
    "Find who terminates instances: the Auto Scaling group, or a person.",
)


@check(
    "ECS-T108",
    title="Capacity was taken away",
    severity=Severity.MEDIUM,
    remedy="Spread the service over more capacity: zones, instance types, a base that is not Spot.",
    explains=("ECS-S101",),
)
def capacity_taken(ecs: Snapshot) -> Iterator[Finding]:
    """Tasks stopped with SpotInterruption, TerminationNotice or InfrastructureHealth, or with their instance.

    The program is not at fault. Where tasks are replaced at once, nothing more follows than fewer of them for a minute.
    """
    for group in ended(ecs, Ending.INTERRUPTED):
        why, cure = _WHY.get(group.last.stop_code, _OTHER)
        yield told(ecs, group, f"{group.times} stopped because {why}.", Remedy(text=cure))
