"""A task's container was killed for using more memory than it may."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ending, ended, told
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container, Task


@check(
    "ECS-T103",
    title="Container out of memory",
    severity=Severity.CRITICAL,
    remedy="Raise the memory of the container or of the task, or lower what the program uses.",
    explains=("ECS-L101", "ECS-L102", "ECS-S101", "ECS-S103", "ECS-S104", "ECS-T104", "ECS-T106", "ECS-T107"),
)
def out_of_memory(ecs: Snapshot) -> Iterator[Finding]:
    """A container's reason says OutOfMemoryError: it reached its limit, or the task its size.

    Only the reason counts. Exit code 137 alone is SIGKILL, which also follows a stop that took too long.
    """
    for group in ended(ecs, Ending.MEMORY):
        task = group.last
        container = _killed(task)
        limit, evidence = _limit(ecs, task, container)
        name = container.name if container else "a container"
        many = f" {len(group.tasks)} times" if len(group.tasks) > 1 else ""
        summary = f"{name} of {group.name} was killed for lack of memory{many}{f', at {limit} MiB' if limit else ''}."
        larger = f", from {limit} MiB" if limit else ""
        text = (
            f"Raise the memory in the task definition{larger}, or lower what the program uses (heap, workers, caches)."
        )
        proof = (*evidence, *(ecs.log_evidence(task, container) if container else ()))
        yield told(ecs, group, summary, Remedy(text=text), proof)


def _killed(task: Task) -> Container | None:
    found = (item for item in task.containers if "memory" in item.reason.lower())
    return next(found, next((item for item in task.containers if item.exit_code), None))


def _limit(ecs: Snapshot, task: Task, container: Container | None) -> tuple[int, tuple[Evidence, ...]]:
    """Give the memory in MiB that bounds the container, 0 where it is not known, and the proof."""
    definition = ecs.definition_of(task)
    if definition is None or container is None:
        return 0, ()
    own = definition.container(container.name)
    if own and own.memory:
        return own.memory, (
            ecs.definition_evidence(definition, f"containerDefinitions[{own.name}].memory", own.memory),
        )
    whole = int(definition.memory) if definition.memory.isdigit() else 0
    return whole, (ecs.definition_evidence(definition, "memory", whole),) if whole else ()
