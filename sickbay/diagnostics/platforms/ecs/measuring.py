"""What of a cluster is drawn over time."""

from collections.abc import Mapping

from sickbay.diagnostics.platforms.ecs.endings import Ending, ending_of
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot

#: What somebody, a deployment or a scaling ended has not failed.
_MEANT = frozenset({Ending.SCHEDULER, Ending.USER})


def figures(ecs: Snapshot) -> Mapping[str, float]:
    """Give how many tasks of services ended unasked, which services replace, the failed pulls, and the fullest memory.

    ECS tells of tasks for about an hour after their end. The share is what a task uses of the memory that it reserves
    (1 is all), of the service that is nearest to that; left out where CloudWatch tells of none. Nothing is given of a
    cluster that was not read.
    """
    if not ecs.looked_at():
        return {}
    replaced = sum(1 for task in ecs.failed if task.service and ending_of(task) not in _MEANT)
    counted = {"restarts": float(replaced), "pull_failures": float(sum(pull.failed for pull in ecs.pulls()))}
    return {**counted, "memory_share": round(max(ecs.memory.values()), 4)} if ecs.memory else counted
