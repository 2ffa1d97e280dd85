"""Which services and tasks are in doubt, so that more is asked about them."""

from collections.abc import Iterable, Iterator

from sickbay.diagnostics.platforms.ecs.denials import speaks_of_denial
from sickbay.diagnostics.platforms.ecs.endings import Ending, ending_of
from sickbay.diagnostics.platforms.ecs.messages import Warns, latest, warnings
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.capacity import CapacityProvider
from sickbay.diagnostics.platforms.ecs.wire.services import Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task


def doubtful(ecs: Snapshot) -> tuple[Service, ...]:
    """Give the services that are short, warn, or lost tasks; those of a scope, and in an audit all."""
    if ecs.request.audit or ecs.request.scope:
        return ecs.services
    lost = {task.service for task in ecs.failed}
    return tuple(service for service in ecs.services if service.service_name in lost or _doubtful(ecs, service))


def troubled(service: Service) -> bool:
    """Say whether a service is short of tasks, or a deployment of it lost some."""
    return service.short or any(item.failed_tasks for item in service.deployments)


def rolled(ecs: Snapshot, doubted: Iterable[Service]) -> Iterator[Service]:
    """Yield the services whose deployments explain something, those in trouble first.

    One of a service in trouble, be it a rollback, began lately; so did one of any where changes were asked for. Or the
    service has two target groups.
    """
    asked = ecs.services if ecs.request.changes else tuple(doubted)
    for service in sorted(asked, key=lambda item: not troubled(item)):
        recent = any(item.created_at is None or item.created_at >= ecs.changes_start for item in service.deployments)
        concerned = troubled(service) or ecs.request.changes
        if (concerned and recent) or any(len(item.group_arns) > 1 for item in service.balancers):
            yield service


def trail_calls(ecs: Snapshot, doubted: Iterable[Service]) -> Iterator[str]:
    """Yield the calls of ECS that CloudTrail is asked about, where somebody may have made one that explains much."""
    asked = ecs.request.changes
    if asked or any(map(troubled, doubted)):
        yield "UpdateService"
        if any(item.status == "DRAINING" for item in ecs.instances):
            yield "UpdateContainerInstancesState"
    if asked and ecs.instances:
        yield "DeregisterContainerInstance"
    if any(ending_of(task) is Ending.USER for task in ecs.failed):
        yield "StopTask"


def refused_tasks(ecs: Snapshot) -> Iterator[str]:
    """Yield the ids of tasks whose roles may have been denied something, the last of each workload.

    Their end or their log speaks of a denial, or a program ended with an error and no log says why.
    """
    last = {ecs.subject_of(task): task for task in ecs.failed}
    for task in reversed(last.values()):
        definition = ecs.definition_of(task)
        roles = definition is None or definition.execution_role_arn or definition.task_role_arn
        logs = [tail.text for item in task.containers if (tail := ecs.logs.get(f"{task.id}/{item.name}"))]
        if roles and (any(map(speaks_of_denial, (*task.reasons, *logs))) or (_failed(task) and not any(logs))):
            yield task.id


def waiting(ecs: Snapshot, provider: CapacityProvider) -> tuple[str, ...]:
    """Give the services, short of tasks, and the families that wait for an instance of a capacity provider."""
    short = (
        item.service_name
        for item in ecs.services
        if item.short and any(one.capacity_provider == provider.name for one in item.capacity_provider_strategy)
    )
    pending = (
        ecs.subject_of(task).name
        for task in ecs.tasks
        if task.capacity_provider_name == provider.name and task.last_status == "PROVISIONING" and not task.stopped
    )
    return tuple(dict.fromkeys((*short, *pending)))


def groups_in_doubt(ecs: Snapshot) -> tuple[str, ...]:
    """Give the Auto Scaling groups from which services that are short, or tasks, wait for an instance."""
    return tuple(item.group for item in ecs.providers if item.group and waiting(ecs, item))


def quota_services(ecs: Snapshot, doubted: Iterable[Service]) -> frozenset[str]:
    """Give the services of AWS whose quotas the scheduler says are reached, as Service Quotas names them."""
    held_up = (item for item in doubted if latest(ecs, item, Warns.QUOTA))
    return frozenset("ecs" if ecs.uses_instances(item) else "fargate" for item in held_up)


def _failed(task: Task) -> bool:
    return ending_of(task) is Ending.EXIT and any(item.exit_code for item in task.containers)


def _doubtful(ecs: Snapshot, service: Service) -> bool:
    rolling = any(item.rollout_state == "FAILED" or item.failed_tasks for item in service.deployments)
    unsteady = len(service.deployments) > 1
    return service.short or rolling or unsteady or bool(warnings(ecs, service))
