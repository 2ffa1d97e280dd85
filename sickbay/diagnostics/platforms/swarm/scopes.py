"""What of a swarm a person could type as a scope."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Service


def choices(swarm: Snapshot) -> Iterator[str]:
    """Yield the services that are unwell, then the stacks, and after these the services and nodes."""
    yield from sorted(service.name for service in swarm.services if _ails(swarm, service))
    yield from sorted({service.stack for service in swarm.services} - {""})
    yield from sorted(service.name for service in swarm.services)
    yield from sorted(f"node/{node.description.hostname}" for node in swarm.nodes if node.description.hostname)


def _ails(swarm: Snapshot, service: Service) -> bool:
    """Say whether one of its tasks waits for a node, or has failed lately."""
    return any(
        task.waits or (task.failed and task.status.timestamp >= swarm.window_start) for task in swarm.tasks_of(service)
    )
