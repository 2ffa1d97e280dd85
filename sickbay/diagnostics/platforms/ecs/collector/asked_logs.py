"""The logs that a person asked for: of the tasks of a service, or of one task, from CloudWatch."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice

from sickbay.diagnostics.asked_logs import compared, for_comparison, room, told, unwritten
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import LOG_BYTES, LOG_LINES, Log
from sickbay.diagnostics.platforms.ecs.collector.calls import TASKS_A_CALL, Calls, batches
from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.logs import NoLogGroupError, read_log, stream_of
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading
from sickbay.diagnostics.platforms.ecs.collector.scope import Scope, parsed, unknown
from sickbay.diagnostics.platforms.ecs.endings import Ending, ending_of
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.definitions import ContainerDefinition, TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container, Task
from sickbay.diagnostics.targets import Request

#: Tasks of one service whose logs are read, and those that are looked at to choose them.
TASKS, LOOKED_AT = 5, 500
_FAILURES = frozenset({Ending.EXIT, Ending.MEMORY, Ending.BALANCER, Ending.CONTAINER_HEALTH})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def read_logs(target: EcsTarget, request: Request, budget: Budget) -> tuple[Log, ...]:
    """Read the log of each container of the tasks that the scope names, of those that failed first.

    Raises UnknownScopeError, CancelledError, and PermanentError where none can be read.
    """
    reading = Reading(Connection(target, budget), budget)
    try:
        calls = Calls(reading.connection, target.cluster)
        tasks = _tasks(reading, calls, parsed(request.scope), request.scope)
        if not tasks:
            if reasons := _reasons(reading):
                return told({request.scope: reasons})
            raise unwritten(request.scope, "it has no tasks, nor had any in the last hour")
        return _read(reading, calls, tasks, request)
    finally:
        reading.close()


def _tasks(reading: Reading, calls: Calls, asked: Scope, scope: str) -> Sequence[Task]:
    """Give the tasks that the scope names, those that failed first, each group from the latest on."""
    known = [reading.start(partial(calls.services, [asked.name]))] if asked.may_be_service else []
    service = next(iter(reading.gather(Operation.SERVICES, known)), None)
    if reading.first:
        raise PermanentError(f"{reading.first.call}: {reading.first.message}")
    wanted = asked.task if service else asked.name
    name = service.service_name if service else ""

    def listed(status: str) -> tuple[Task, ...]:
        fitting = (arn for arn in calls.task_names(status, name) if last_part(arn).startswith(wanted))
        return tuple(chain.from_iterable(map(calls.tasks, batches(islice(fitting, LOOKED_AT), TASKS_A_CALL))))

    coming = [reading.start(partial(listed, status)) for status in ("RUNNING", "STOPPED")]
    found = reading.gather(Operation.TASKS, coming)
    if not found and not reading.first and (asked.task or not service):

        def near() -> tuple[str, ...]:
            if not service:
                return tuple(map(last_part, calls.service_names()))
            return tuple(f"{name}/{last_part(arn)[:8]}" for arn in calls.task_names("RUNNING", name))

        raise unknown(scope, reading.finish(Operation.SERVICE_NAMES, reading.start(near)) or ())
    latest = sorted(found, key=lambda task: task.ended or task.created_at or _LONG_AGO, reverse=True)
    return sorted(latest, key=_order)


def _order(task: Task) -> int:
    if task.stopped:
        return 0 if ending_of(task) in _FAILURES else 3
    return 1 if task.health_status == "UNHEALTHY" else 2


def _ails(task: Task) -> bool:
    return (task.stopped and ending_of(task) in _FAILURES) or task.health_status == "UNHEALTHY"


def _ran(task: Task) -> bool:
    return task.started_at is not None or any(item.exit_code is not None for item in task.containers)


def _read(reading: Reading, calls: Calls, tasks: Sequence[Task], request: Request) -> tuple[Log, ...]:
    if request.siblings:
        tasks = for_comparison([task for task in tasks if _ran(task)], _ails, TASKS)
        if not tasks:
            raise unwritten(request.scope, "none of its tasks has started")
    chosen = tasks[:TASKS]
    arns = dict.fromkeys(task.task_definition_arn for task in chosen)
    definitions = reading.each(Operation.DEFINITION, arns, calls.definition)
    wanted = {name: (task, container) for task in chosen for name, container in _named(task)}
    names = list(wanted)[: room(len(wanted) + len(tasks[TASKS:]))]

    def log(name: str) -> LogTail | str:
        task, container = wanted[name]
        secrets = calls.secrets.get(task.task_definition_arn, ())
        return _tail(reading.connection, task, container, definitions.get(task.task_definition_arn), secrets)

    found = reading.each(Operation.LOG, names, log)
    if request.siblings:
        told_of = {name: found.get(name) or _reasons(reading) for name in names}
        return compared(told_of, {name for name in names if _ails(wanted[name][0])})
    rest = (*(wanted[name][0] for name in wanted if name not in names), *tasks[TASKS:])
    left_out = dict.fromkeys(_path(task) for task in rest)
    return told({name: found.get(name) or _reasons(reading) for name in names}, tuple(left_out))


def _named(task: Task) -> Iterator[tuple[str, Container]]:
    for container in sorted(task.containers, key=lambda item: not item.exit_code):
        yield f"{_path(task)}/{container.name}" if len(task.containers) > 1 else _path(task), container


def _path(task: Task) -> str:
    return f"{task.service or task.family}/{task.short_id}"


def _tail(
    connection: Connection,
    task: Task,
    container: Container,
    definition: TaskDefinition | None,
    secrets: tuple[str, ...],
) -> LogTail | str:
    """Read one log, or say why there is none to read."""
    if definition is None:
        return "its task definition could not be read"
    written: ContainerDefinition | None = definition.container(container.name)
    configuration = written.log_configuration if written else None
    group = configuration.options.get("awslogs-group", "") if configuration else ""
    if configuration is None or not group:
        driver = configuration.log_driver if configuration else "none"
        return f"it goes elsewhere: its log driver is {driver}, and Sickbay reads awslogs"
    stream = stream_of(task, container, configuration)
    if not stream:
        return "its container has not started"
    try:
        return read_log(connection, group, stream, secrets, lines=LOG_LINES, longest=LOG_BYTES)
    except NoLogGroupError:
        return f"there is no log group {group}"


def _reasons(reading: Reading) -> str:
    return "; ".join(f"{gap.what}: {gap.reason}" for gap in reading.gaps)
