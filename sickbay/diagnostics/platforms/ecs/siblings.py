"""What tells a service's failed tasks from those that run: what separates them names the layer at fault."""

from collections.abc import Iterator, Sequence

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task

#: Where a task is says something only of more than one that failed there.
_PLACES = frozenset({"availability zone", "instance"})


def difference(ecs: Snapshot, failed: Sequence[Task]) -> tuple[Evidence, ...]:
    """Give as evidence what all failed tasks of a service share and none that runs has, or nothing.

    Looked at in this order: task definition, image digest, architecture, platform version, zone, instance.
    """
    service = ecs.service_by_name.get(failed[-1].service)
    running = [task for task in ecs.tasks_of(service) if not task.stopped and task.started_at] if service else []
    if not running:
        return ()
    ill, well = ([dict(_attributes(ecs, task)) for task in tasks] for tasks in (failed, running))
    for name in ill[-1]:
        values, others = ({item[name] for item in items} for items in (ill, well))
        alone = name in _PLACES and len(failed) == 1
        if len(values) == 1 and "" not in values | others and not values & others and not alone:
            told = f"{name} {next(iter(values))}: all {len(failed)} that failed, none of the {len(running)} that run"
            return (ecs.evidence("ecs DescribeTasks", told, failed[-1].ended),)
    return ()


def _attributes(ecs: Snapshot, task: Task) -> Iterator[tuple[str, str]]:
    digests = sorted(item.image_digest for item in task.containers)
    machine = ecs.instance_by_arn.get(task.container_instance_arn)
    yield "task definition", last_part(task.task_definition_arn)
    yield "image digest", " ".join(digests) if all(digests) else ""
    yield "architecture", task.architecture
    yield "platform version", task.platform_version
    yield "availability zone", task.availability_zone
    yield "instance", machine.name if machine else ""
