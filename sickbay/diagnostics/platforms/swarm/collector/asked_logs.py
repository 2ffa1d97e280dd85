"""The logs that a person asked for: of each place of a service, the last task that ran there."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sickbay.diagnostics.asked_logs import compared, for_comparison, room, told, unwritten, why
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import LOG_BYTES, LOG_LINES, MOST_LOGS, Log
from sickbay.diagnostics.platforms.docker.collector.asked_logs import opened
from sickbay.diagnostics.platforms.swarm.collector.calls import Calls
from sickbay.diagnostics.platforms.swarm.collector.scope import narrowed
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.target import SwarmTarget
from sickbay.diagnostics.platforms.swarm.wire.services import Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task
from sickbay.diagnostics.targets import Request

_UNREADY = "its node is not ready, and a manager would wait for its answer"


def read_logs(target: SwarmTarget, request: Request, budget: Budget) -> tuple[Log, ...]:
    """Read the logs of the services that the scope names, those of tasks that do not run any more first.

    Raises UnknownScopeError, CancelledError, and PermanentError where none can be read.
    """
    with opened(target, budget) as reading:
        calls = Calls(reading.connection)
        tasks, services, nodes = reading.start(calls.tasks), reading.start(calls.services), reading.start(calls.nodes)
        listed = reading.finish("GET /services", services)
        if listed is None:
            return told({request.scope: why(reading.gaps)})
        swarm = narrowed(
            Snapshot(
                request=request,
                taken_at=datetime.now(UTC),
                swarm=target.name,
                address="",
                services=listed,
                tasks=reading.finish("GET /tasks", tasks) or (),
                nodes=reading.finish("GET /nodes", nodes) or (),
            )
        )
        chosen = {swarm.task_name(service, task): (service, task) for service, task in _chosen(swarm)}
        if not chosen:
            raise unwritten(request.scope, _never_ran(swarm))
        names = sorted(chosen, key=lambda name: (chosen[name][1].state == "running", name))
        unwell = {name for name in names if _ails(swarm, *chosen[name])}
        if request.siblings:
            names = list(for_comparison(names, unwell.__contains__, MOST_LOGS))
        read = room(len(names))

        def log(name: str) -> LogTail | str:
            service, task = chosen[name]
            node = swarm.node_by_id.get(task.node_id)
            if node is None or not node.ready:
                return _UNREADY
            return calls.log(task, tty=service.template.container_spec.tty, lines=LOG_LINES, most=LOG_BYTES)

        tails = reading.finish_each("read", "logs", reading.start_each({name: name for name in names[:read]}, log))
        found = {name: tails.get(name) or why(reading.gaps) for name in names[:read]}
        return compared(found, unwell) if request.siblings else told(found, names[read:])


def _chosen(swarm: Snapshot) -> Iterator[tuple[Service, Task]]:
    """Yield the tasks that ran, each after those that it replaced; of a node that was asked for, those on it."""
    for service in swarm.services:
        for task in swarm.tasks_of(service):
            if task.ran and (not swarm.asked_nodes or task.node_id in swarm.asked_nodes):
                yield service, task


def _ails(swarm: Snapshot, service: Service, task: Task) -> bool:
    """Say whether the task, or one before it in its place, has failed in the window."""
    place = swarm.task_name(service, task)
    return task.state != "running" or any(
        other.failed and other.status.timestamp >= swarm.window_start
        for other in swarm.tasks_of(service)
        if swarm.task_name(service, other) == place
    )


def _never_ran(swarm: Snapshot) -> str:
    errors = (task.status.err for service in swarm.services for task in reversed(swarm.tasks_of(service)))
    error = next(filter(None, errors), "")
    return f"no task of it has run yet{f': {error}' if error else ''}"
