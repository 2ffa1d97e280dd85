"""What is read where a service is in doubt, in the scope, or audited: definitions, load balancers, logs, changes."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from itertools import chain, islice

from msgspec.structs import replace

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.platforms.ecs.collector.beside import GROUPS_A_CALL, Beside
from sickbay.diagnostics.platforms.ecs.collector.calls import Calls, batches
from sickbay.diagnostics.platforms.ecs.collector.logs import NoLogGroupError, elsewhere_of, read_log, stream_of
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.collector.pulling import with_images
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading
from sickbay.diagnostics.platforms.ecs.collector.rollouts import with_rollouts
from sickbay.diagnostics.platforms.ecs.collector.trail import Trail
from sickbay.diagnostics.platforms.ecs.doubts import (
    doubtful,
    groups_in_doubt,
    quota_services,
    refused_tasks,
    rolled,
    trail_calls,
    troubled,
)
from sickbay.diagnostics.platforms.ecs.endings import Ending, ending_of
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import LoadBalancer, Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container, Task

#: At most so many definitions, target groups, logs, stacks, tasks' denials, and groups' activities are asked for.
DEFINITIONS, GROUPS, LOGS, STACKS, DENIALS, SCALED = 60, 100, 20, 10, 3, 5
#: One call of CloudWatch takes 500 metrics.
METERED = 500
#: How long failed answers of load balancers are counted.
_HOUR = timedelta(hours=1)
_RAN = frozenset({Ending.EXIT, Ending.MEMORY, Ending.BALANCER, Ending.CONTAINER_HEALTH})


class Depth:
    """Reads what surrounds the services, and what lies behind their faults."""

    def __init__(self, reading: Reading, calls: Calls, cluster: str) -> None:
        self._reading = reading
        self._calls = calls
        self._beside = Beside(reading.connection, cluster)
        self._trail = Trail(reading.connection)

    def around(self, ecs: Snapshot) -> Snapshot:
        """Give the snapshot with definitions, capacity providers, load balancers and scaling. Raises CancelledError."""
        reading, beside, doubted = self._reading, self._beside, doubtful(ecs)
        names = ecs.cluster.capacity_providers if ecs.cluster else ()
        own = [name for name in names if not name.startswith("FARGATE")]
        providers = [reading.start(partial(self._calls.providers, own))] if own else []
        scaling = [reading.start(beside.scaling)] if ecs.services else []
        arns = dict.fromkeys(arn for item in ecs.services for arn in item.group_arns)
        described = [
            reading.start(partial(beside.target_groups, batch))
            for batch in batches(islice(arns, GROUPS), GROUPS_A_CALL)
        ]
        doubted_arns = dict.fromkeys(arn for item in doubted for arn in item.group_arns)
        classic = dict.fromkeys(item.load_balancer_name for item in _balancers(doubted) if item.load_balancer_name)
        wanted = chain(chain.from_iterable(item.definitions for item in doubted), _odd_definitions(ecs))
        definitions = islice(dict.fromkeys(filter(None, wanted)), DEFINITIONS)
        return replace(
            ecs,
            definitions=reading.each(Operation.DEFINITION, definitions, self._calls.definition),
            health=reading.each(Operation.TARGET_HEALTH, islice(doubted_arns, GROUPS), beside.health),
            classic=reading.each(Operation.INSTANCE_HEALTH, islice(classic, GROUPS), beside.classic_health),
            target_groups=reading.gather(Operation.TARGET_GROUPS, described),
            providers=reading.gather(Operation.PROVIDERS, providers),
            scaling=reading.gather(Operation.SCALING, scaling),
        )

    def behind(self, ecs: Snapshot) -> Snapshot:
        """Give the snapshot with logs, changes, deployments, images, denials, stacks. Raises CancelledError."""
        reading, beside, trail, doubted = self._reading, self._beside, self._trail, doubtful(ecs)
        ill = [item for item in doubted if troubled(item)]
        groups = [item for item in ecs.target_groups if any("/app/" in arn for arn in item.load_balancer_arns)]
        began = ecs.taken_at - _HOUR
        answers = [reading.start(partial(beside.responses, groups, began, ecs.taken_at))] if groups else []
        called = trail_calls(ecs, doubted)
        changes = [reading.start(partial(trail.changes, name, ecs.changes_start)) for name in called]
        names = [item.service_name for item in ecs.services if item.running_count][:METERED]
        used = [reading.start(partial(beside.memory, names, ecs.taken_at))] if names else []
        audited = ecs.services if ecs.request.audit else ()
        stacks = dict.fromkeys(item.tag("aws:cloudformation:stack-name") for item in (*ill, *audited))
        failed_stacks = reading.each(Operation.STACK, islice(filter(None, stacks), STACKS), beside.stack)
        ids = {name for item in audited for name in item.network_configuration.awsvpc_configuration.security_groups}
        doors = [reading.start(partial(beside.security_groups, sorted(ids)[:GROUPS]))] if ids else []
        ecs = self._with_logs(with_rollouts(reading, self._calls, ecs, rolled(ecs, doubted)))
        ecs = with_images(reading, trail, self._with_limits(ecs, doubted))
        refused = islice(refused_tasks(ecs), DENIALS)
        denied = reading.each(Operation.TRAIL, refused, partial(trail.denials, since=ecs.window_start))
        return replace(
            ecs,
            denied=tuple(chain.from_iterable(denied.values())),
            memory=dict(reading.gather(Operation.METRICS, used)),
            responses=reading.gather(Operation.METRICS, answers),
            trail=reading.gather(Operation.TRAIL, changes),
            stacks=tuple(failed_stacks.values()),
            security_groups=reading.gather(Operation.SECURITY_GROUPS, doors),
        )

    def _with_limits(self, ecs: Snapshot, doubted: Iterable[Service]) -> Snapshot:
        reading, names = self._reading, groups_in_doubt(ecs)[:GROUPS]
        groups = [reading.start(partial(self._beside.scaling_groups, names))] if names else []
        activities = reading.each(Operation.GROUP_ACTIVITIES, names[:SCALED], self._beside.group_activity)
        quotas = reading.each(Operation.QUOTAS, quota_services(ecs, doubted), self._beside.quotas)
        return replace(
            ecs,
            scaling_groups=reading.gather(Operation.SCALING_GROUPS, groups),
            group_activities={name: item for name, item in activities.items() if item},
            quotas=tuple(chain.from_iterable(quotas.values())),
        )

    def _with_logs(self, ecs: Snapshot) -> Snapshot:
        places: dict[str, tuple[Task, str, str]] = {}
        for task, container in islice(_unwell(ecs), LOGS):
            definition = ecs.definition_of(task)
            written = definition.container(container.name) if definition else None
            configuration = written.log_configuration if written else None
            if configuration is None:
                continue
            if elsewhere := elsewhere_of(configuration, ecs.region):
                self._reading.miss(Operation.LOG, f"the log of {container.name} is {elsewhere}")
                continue
            group = configuration.options.get("awslogs-group", "")
            stream = stream_of(task, container, configuration)
            if group and stream:
                places[f"{task.id}/{container.name}"] = (task, group, stream)
        missing = set[str]()

        def log(key: str) -> LogTail | None:
            task, group, stream = places[key]
            secrets = self._calls.secrets.get(task.task_definition_arn, ())
            try:
                return read_log(self._reading.connection, group, stream, secrets)
            except NoLogGroupError:
                missing.add(group)
                return None

        logs = self._reading.each(Operation.LOG, places, log)
        found = {key: tail for key, tail in logs.items() if tail}
        return replace(ecs, logs=found, missing_logs=tuple(sorted(missing)))


def _balancers(services: Iterable[Service]) -> Iterable[LoadBalancer]:
    return chain.from_iterable(item.balancers for item in services)


def _odd_definitions(ecs: Snapshot) -> Iterable[str]:
    """Yield the definitions of tasks that failed."""
    return (task.task_definition_arn for task in reversed(ecs.failed) if ending_of(task) is not Ending.SCHEDULER)


def _unwell(ecs: Snapshot) -> Iterable[tuple[Task, Container]]:
    """Yield the last failed task of each workload whose container ran, with its containers that ended or are unwell."""
    last = {ecs.subject_of(task): task for task in ecs.failed if ending_of(task) in _RAN}
    for task in reversed(last.values()):
        ended = [item for item in task.containers if item.exit_code is not None or item.reason]
        for container in sorted(ended or task.containers, key=lambda item: not item.exit_code)[:2]:
            yield task, container
