"""What the collector read of one ECS cluster at one moment, joined as the checks need it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from sickbay.diagnostics.model import Evidence, Subject
from sickbay.diagnostics.platforms.ecs.facts import Facts, FailedStack, Obstacle, Unreachable
from sickbay.diagnostics.platforms.ecs.wire.balancing import TargetGroup
from sickbay.diagnostics.platforms.ecs.wire.definitions import TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance
from sickbay.diagnostics.platforms.ecs.wire.services import Service, ServiceEvent
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container, Task
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.what_changed import since

__all__ = ["FailedStack", "Obstacle", "Snapshot", "Unreachable"]

K = TypeVar("K")
V = TypeVar("V")


class Snapshot(Facts, frozen=True, kw_only=True, dict=True):
    """One ECS cluster: its facts, and their joins."""

    @property
    def subject(self) -> Subject:
        """Give the cluster itself as the subject of a finding."""
        return Subject("cluster", self.cluster_name)

    @property
    def window_start(self) -> datetime:
        """Give the moment from which what happened counts."""
        return self.taken_at - self.request.window

    @property
    def changes_start(self) -> datetime:
        """Give the moment from which changes count."""
        return since(self.request, self.taken_at)

    def looked_at(self) -> Mapping[str, int]:
        """Give how many services, tasks and container instances were read; empty where nothing could be."""
        if self.cluster is None:
            return {}
        counted = {
            "services": len(self.services),
            "tasks": len(self.tasks),
            "container instances": len(self.instances),
        }
        return {kind: count for kind, count in counted.items() if count} or {"clusters": 1}

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        """Give what each subject depends on: see dependencies.py."""
        from sickbay.diagnostics.platforms.ecs.dependencies import upstream_of

        return upstream_of(self)

    def pulls(self) -> tuple[Pull, ...]:
        """Give the images that their registries can be asked about: see images.py."""
        from sickbay.diagnostics.platforms.ecs.images import pulls_of

        return tuple(pulls_of(self))

    def evidence(self, source: str, value: object, at: datetime | None = None) -> Evidence:
        """Give a fact as evidence; `source` names the call and the field."""
        return Evidence(source=source, value=str(value)[:2000], at=at or self.taken_at)

    def service_evidence(self, service: Service, field: str, value: object) -> Evidence:
        """Give a field of a service as evidence."""
        return self.evidence(f"ecs DescribeServices {service.service_name} {field}", value)

    def event_evidence(self, service: Service, event: ServiceEvent) -> Evidence:
        """Give a message of the scheduler as evidence."""
        return self.evidence(f"ecs DescribeServices {service.service_name} events", event.message, event.created_at)

    def task_evidence(self, task: Task, field: str, value: object) -> Evidence:
        """Give a field of a task as evidence."""
        return self.evidence(f"ecs DescribeTasks {task.short_id} {field}", value, task.ended)

    def instance_evidence(self, instance: ContainerInstance, field: str, value: object) -> Evidence:
        """Give a field of a container instance as evidence."""
        return self.evidence(f"ecs DescribeContainerInstances {instance.name} {field}", value)

    def definition_evidence(self, definition: TaskDefinition, field: str, value: object) -> Evidence:
        """Give a field of a task definition as evidence."""
        return self.evidence(f"ecs DescribeTaskDefinition {definition.name} {field}", value)

    def log_evidence(self, task: Task, container: Container) -> tuple[Evidence, ...]:
        """Give the end of a container's log as evidence, or nothing where none was read or it is empty."""
        log = self.logs.get(f"{task.id}/{container.name}")
        if log is None or not log.text.strip():
            return ()
        return (
            Evidence(source=f"logs GetLogEvents {task.short_id}/{container.name}", value=log.text, at=self.taken_at),
        )

    def service_subject(self, service: Service) -> Subject:
        """Give a service as the subject of a finding."""
        return Subject("service", service.service_name)

    def subject_of(self, task: Task) -> Subject:
        """Give whom a task's fault concerns: its service, or the family of its definition where it has none."""
        return Subject("service", task.service) if task.service else Subject("family", task.family or task.short_id)

    def instance_subject(self, instance: ContainerInstance) -> Subject:
        """Give a container instance as the subject of a finding."""
        return Subject("instance", instance.name)

    def group_subject(self, arn: str) -> Subject:
        """Give a target group as the subject of a finding: its name stands before the last part of its ARN."""
        return Subject("target-group", arn.split("/")[-2] if arn.count("/") > 1 else arn)

    def definition_of(self, item: Service | Task) -> TaskDefinition | None:
        """Give the definition of a service or a task, where it was read."""
        arn = item.task_definition if isinstance(item, Service) else item.task_definition_arn
        return self.definitions.get(arn)

    def tasks_of(self, service: Service) -> tuple[Task, ...]:
        """Give the tasks of a service, the oldest first."""
        return self._tasks_by_service.get(service.service_name, ())

    def services_of(self, group_arn: str) -> tuple[Service, ...]:
        """Give the services whose tasks may be in a target group."""
        return tuple(item for item in self.services if group_arn in item.group_arns)

    def uses_instances(self, service: Service) -> bool:
        """Say whether a service's tasks are placed on container instances, as far as that is known."""
        if service.launch_type:
            return service.launch_type in {"EC2", "EXTERNAL"}
        return not any(item.capacity_provider.startswith("FARGATE") for item in service.capacity_provider_strategy)

    @cached_property
    def service_by_name(self) -> Mapping[str, Service]:
        """The services by name."""
        return {service.service_name: service for service in self.services}

    @cached_property
    def instance_by_arn(self) -> Mapping[str, ContainerInstance]:
        """The container instances by ARN."""
        return {instance.container_instance_arn: instance for instance in self.instances}

    @cached_property
    def group_by_arn(self) -> Mapping[str, TargetGroup]:
        """The target groups by ARN."""
        return {group.target_group_arn: group for group in self.target_groups}

    @cached_property
    def failed(self) -> tuple[Task, ...]:
        """The tasks that stopped within the window and that still matter, the latest last.

        What stopped before its service came round on another task definition does not.
        """
        stopped = [task for task in self.tasks if task.stopped and (task.ended or self.taken_at) >= self.window_start]
        return tuple(
            sorted((task for task in stopped if self._matters(task)), key=lambda task: task.ended or self.taken_at)
        )

    def _matters(self, task: Task) -> bool:
        service = self.service_by_name.get(task.service)
        return service is None or service.short or task.task_definition_arn in service.definitions

    @cached_property
    def _tasks_by_service(self) -> Mapping[str, tuple[Task, ...]]:
        dated = sorted(self.tasks, key=lambda task: task.created_at or self.taken_at)
        return grouped((task.service, task) for task in dated if task.service)


def grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    """Give the values by key, in their order."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
