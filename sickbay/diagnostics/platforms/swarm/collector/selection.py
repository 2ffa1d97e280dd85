"""Of which tasks the log is worth reading: the last one that failed of each service that is unwell."""

from collections.abc import Iterator
from itertools import islice

from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task

#: Logs read at most.
LOGS = 30


def unwell(swarm: Snapshot) -> tuple[tuple[Service, Task], ...]:
    """Give those tasks, with their services.

    A manager asks the node of a task for its log, and waits for one that does not answer: only nodes that are ready
    are asked.
    """
    return tuple(islice(_failed(swarm), LOGS))


def _failed(swarm: Snapshot) -> Iterator[tuple[Service, Task]]:
    for service in swarm.services:
        failed = [task for task in swarm.tasks_of(service) if task.failed and task.ran]
        if failed and failed[-1].status.timestamp >= swarm.window_start:
            node = swarm.node_by_id.get(failed[-1].node_id)
            if node and node.ready:
                yield service, failed[-1]
