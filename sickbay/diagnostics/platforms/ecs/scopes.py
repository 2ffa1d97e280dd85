"""What of an ECS cluster a person could type as a scope."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.ecs.doubts import doubtful
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot


def choices(ecs: Snapshot) -> Iterator[str]:
    """Yield the services in doubt, then all services, and after these the container instances and the tasks."""
    yield from sorted(service.service_name for service in doubtful(ecs))
    yield from sorted(service.service_name for service in ecs.services)
    yield from sorted(instance.name for instance in ecs.instances)
    yield from (f"{task.service}/{task.short_id}" if task.service else task.id for task in ecs.tasks)
