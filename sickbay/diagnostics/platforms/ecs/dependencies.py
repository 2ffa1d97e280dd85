"""What each subject of an ECS cluster depends on."""

from collections.abc import Mapping

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.services import Service


def upstream_of(ecs: Snapshot) -> Mapping[Subject, frozenset[Subject]]:
    """Give, for each subject, those whose faults can reach it.

    A service depends on its target groups, its execution role, its images, its log groups, its capacity providers, its
    stack, and the instances that its tasks are on: on all of them while it is short of tasks. A target group depends on
    the service whose tasks are its targets, an instance on its capacity provider; everything on the cluster.
    """
    graph = {Subject("capacity-provider", item.name): frozenset({ecs.subject}) for item in ecs.providers}
    instances = {item.container_instance_arn: ecs.instance_subject(item) for item in ecs.instances}
    for item in ecs.instances:
        graph[ecs.instance_subject(item)] = _given(ecs, item.capacity_provider_name)
    for service in ecs.services:
        subject = ecs.service_subject(service)
        own = _of_service(ecs, service, instances)
        graph[subject] = own
        for group in map(ecs.group_subject, service.group_arns):
            graph[group] = graph.get(group, frozenset()) | own | {subject}
    for task in ecs.tasks:
        if not task.service:
            where = {instances[task.container_instance_arn]} if task.container_instance_arn in instances else set()
            given = _given(ecs, task.capacity_provider_name)
            graph[ecs.subject_of(task)] = graph.get(ecs.subject_of(task), frozenset()) | where | given
    return graph


def _of_service(ecs: Snapshot, service: Service, instances: Mapping[str, Subject]) -> frozenset[Subject]:
    on = {task.container_instance_arn for task in ecs.tasks_of(service)} & instances.keys()
    everywhere = service.short and ecs.uses_instances(service)
    groups = map(ecs.group_subject, service.group_arns)
    providers = {Subject("capacity-provider", item.capacity_provider) for item in service.capacity_provider_strategy}
    definition = ecs.definition_of(service)
    roles = {last_part(arn) for arn in ((definition.execution_role_arn,) if definition else ()) if arn}
    stack = service.tag("aws:cloudformation:stack-name")
    written = [item.log_configuration for item in definition.container_definitions] if definition else []
    logs = {item.options.get("awslogs-group", "") for item in written if item} - {""}
    return frozenset(
        {
            ecs.subject,
            *(instances.values() if everywhere else (instances[arn] for arn in on)),
            *groups,
            *providers,
            *(Subject("role", role) for role in roles),
            *(Subject("log-group", name) for name in logs),
            *(Subject("image", item.image) for item in (definition.container_definitions if definition else ())),
            *([Subject("stack", stack)] if stack else []),
        }
    )


def _given(ecs: Snapshot, provider: str) -> frozenset[Subject]:
    return frozenset({ecs.subject, *([Subject("capacity-provider", provider)] if provider else [])})
