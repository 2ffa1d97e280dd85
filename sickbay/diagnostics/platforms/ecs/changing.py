"""What a cluster tells of changes by itself: its deployments, scaling, instances, and what CloudTrail recorded."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sickbay.diagnostics.events import Event, EventKind, Told, shortened
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.ecs.differences import DEFINITION, differences, variables
from sickbay.diagnostics.platforms.ecs.endings import Ending, ending_of
from sickbay.diagnostics.platforms.ecs.revisions import Change, deployed, updates
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance
from sickbay.diagnostics.platforms.ecs.wire.services import Deployment, Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task

DESIRED = "desiredCount"
#: What stands in place of a variable's value, which is never told.
_SET = "set"
#: A call and what came of it have times that are so close together.
_TOGETHER = timedelta(minutes=1)
_SET_TO = re.compile(r"Setting desired count to (\d+)")
_AUTO_SCALING, _CODE_DEPLOY = "Application Auto Scaling", "CodeDeploy"


def changes(ecs: Snapshot) -> Told:
    """Give the changes that the cluster tells of.

    Of services when they were made, and their deployments: field by field for those whose revisions were read, else
    which task definition came. Desired counts as Application Auto Scaling and CloudTrail tell them, instances that
    joined, and those that were drained or taken out, tasks that were stopped and images that were removed by somebody.
    """
    if not ecs.looked_at():
        return Told()
    told = [
        *(event for service in ecs.services for event in (*_made(ecs, service), *rolled_out(ecs, service))),
        *_scaled(ecs), *_grown(ecs), *(joined(ecs, item) for item in ecs.instances if item.registered_at),
        *_taken_out(ecs), *(stopped_by_hand(ecs, task) for task in ecs.failed if ending_of(task) is Ending.USER),
        *_removed(ecs),
    ]  # fmt: skip
    if ecs.request.scope:
        near = _near(ecs)
        told = [event for event in told if event.subject in near]
    read = {
        "services": len(ecs.services),
        "deployments": len(ecs.deployments),
        "container instances": len(ecs.instances),
        "scaling activities": len(ecs.scaling),
        "calls in CloudTrail": len(ecs.trail),
    }
    sources = tuple(f"{what}: {count}" for what, count in read.items() if count)
    return Told(changes=tuple(sorted(told, key=lambda event: event.at)), sources=sources)


def rolled_out(ecs: Snapshot, service: Service) -> Iterator[Event]:
    """Yield what the deployments of a service changed, an event for each field."""
    seen = [service.created_at] if service.created_at else []
    for change in deployed(ecs, service):
        if change.at:
            seen.append(change.at)
            yield from deployment_events(ecs, service, change, change.at)
    for item in service.deployments:
        if item.created_at and not any(abs(item.created_at - at) <= _TOGETHER for at in seen):
            yield _deployment(ecs, service, item, item.created_at)


def deployment_events(ecs: Snapshot, service: Service, change: Change, at: datetime) -> Iterator[Event]:
    """Yield the fields that a deployment changed; where none is known, the definition; where it is the same, that."""
    found = tuple(differences(ecs, change.before, change.after))
    fields = [item for item in found if item.field != DEFINITION]
    named = tuple(variables(ecs, change.before, change.after))
    old, new = (last_part(item.task_definition) for item in (change.before, change.after))
    actor = _actor(ecs, service, at)
    source = change.source if old == new else f"{change.source} ({old} → {new})"
    for item in fields or found:
        if item in fields or not named:
            yield service_event(ecs, service, at, source, item.kind, item.field, item.before, item.after, actor)
    for variable in named:
        field = f"variable {variable.name} of {variable.container}"
        before, after = (_SET if variable.how == how else "" for how in ("removed", "added"))
        yield service_event(ecs, service, at, source, EventKind.TEMPLATE, field, before, after, actor)
    if not (found or named):
        yield service_event(ecs, service, at, source, EventKind.RESTART, "by a new deployment", actor=actor)


def scaled(
    ecs: Snapshot, service: Service, at: datetime, source: str, before: str, after: int, actor: str = ""
) -> Event:
    """Give that the desired count of a service was set."""
    return service_event(ecs, service, at, source, EventKind.SCALE, DESIRED, before, str(after), actor)


def joined(ecs: Snapshot, instance: ContainerInstance, at: datetime | None = None) -> Event:
    """Give the joining of a container instance, with the version of its agent."""
    version, began = instance.version_info.agent_version, instance.registered_at or at or ecs.taken_at
    field = "agentVersion" if version else ""
    return instance_event(ecs, instance, began, EventKind.NODE_JOINED, field, "", version)


def instance_event(
    ecs: Snapshot, instance: ContainerInstance, at: datetime, kind: EventKind, field: str, before: str, after: str
) -> Event:
    """Give an event of a container instance."""
    source = f"ecs DescribeContainerInstances {instance.name}"
    return _event(at, source, ecs.instance_subject(instance), kind, field, before, after)


def service_event(
    ecs: Snapshot, service: Service, at: datetime, source: str, kind: EventKind, field: str = "", before: str = "",
    after: str = "", actor: str = "",
) -> Event:  # fmt: skip
    """Give an event of a service."""
    return _event(at, source, ecs.service_subject(service), kind, field, before, after, actor)


def stopped_by_hand(ecs: Snapshot, task: Task) -> Event:
    """Give that somebody stopped a task: a service replaces it."""
    own = [item for item in ecs.trail if item.event_name == "StopTask" and task.id in item.resource]
    kind = EventKind.RESTART if task.service else EventKind.REMOVED
    return _event(
        task.stopping_at or task.ended or ecs.taken_at, f"ecs DescribeTasks {task.short_id} stoppedReason",
        ecs.subject_of(task), kind, f"task {task.short_id}", actor=own[0].username if own else "",
    )  # fmt: skip


def _near(ecs: Snapshot) -> frozenset[str]:
    """Give what a scope names, and what that depends on."""
    own = {*map(ecs.service_subject, ecs.services), *map(ecs.subject_of, ecs.tasks)}
    own |= {ecs.instance_subject(item) for item in ecs.instances if item.name == ecs.asked_instance}
    upstream = ecs.upstream()
    return frozenset(str(near) for subject in own for near in (subject, *upstream.get(subject, ())))


def _made(ecs: Snapshot, service: Service) -> Iterator[Event]:
    if service.created_at:
        source = f"ecs DescribeServices {service.service_name} createdAt"
        yield service_event(ecs, service, service.created_at, source, EventKind.CREATED)


def _deployment(ecs: Snapshot, service: Service, item: Deployment, at: datetime) -> Event:
    """Give a deployment of which only the task definition that it brought is known."""
    source, after = f"ecs DescribeServices {service.service_name} deployments", last_part(item.task_definition)
    actor = _actor(ecs, service, at)
    return service_event(ecs, service, at, source, EventKind.TEMPLATE, DEFINITION, "", after, actor)


def _actor(ecs: Snapshot, service: Service, at: datetime) -> str:
    """Give who updated a service at about that time, where CloudTrail or the service itself tells."""
    if service.deployment_controller.type == "CODE_DEPLOY":
        return _CODE_DEPLOY
    near = [item for item in updates(ecs, service) if abs(item.event_time - at) <= _TOGETHER]
    return min(near, key=lambda item: abs(item.event_time - at)).username if near else ""


def _scaled(ecs: Snapshot) -> Iterator[Event]:
    told = dict[tuple[str, int], list[datetime]]()
    for activity in ecs.scaling:
        service = ecs.service_by_name.get(last_part(activity.resource_id))
        found = _SET_TO.search(activity.description)
        if service and found and activity.start_time:
            told.setdefault((service.service_name, int(found[1])), []).append(activity.start_time)
            source = "application-autoscaling DescribeScalingActivities"
            yield scaled(ecs, service, activity.start_time, source, "", int(found[1]), _AUTO_SCALING)
    for service in ecs.services:
        for call in updates(ecs, service):
            if call.desired_count is None:
                continue
            known = told.get((service.service_name, call.desired_count), ())
            if not any(abs(call.event_time - at) <= _TOGETHER for at in known):
                source = "cloudtrail LookupEvents UpdateService"
                yield scaled(ecs, service, call.event_time, source, "", call.desired_count, call.username)


def _grown(ecs: Snapshot) -> Iterator[Event]:
    """Yield what the Auto Scaling groups of capacity providers did last."""
    for provider in ecs.providers:
        activity = ecs.group_activities.get(provider.group)
        if activity and activity.description and activity.start_time:
            subject, source = Subject("capacity-provider", provider.name), "autoscaling DescribeScalingActivities"
            after = f"{activity.description} ({activity.status_code})"
            yield _event(activity.start_time, source, subject, EventKind.SCALE, provider.group, after=after)


def _taken_out(ecs: Snapshot) -> Iterator[Event]:
    """Yield the instances that somebody drained, opened again or took out, as CloudTrail tells."""
    for call in ecs.trail:
        source = f"cloudtrail LookupEvents {call.event_name}"
        if call.event_name == "UpdateContainerInstancesState":
            for item in _named(ecs, call.resource):
                subject, field = ecs.instance_subject(item), "status"
                told = {"field": field, "after": call.status, "actor": call.username}
                yield _event(call.event_time, source, subject, EventKind.NODE_CHANGED, **told)
        elif call.event_name == "DeregisterContainerInstance" and ecs.cluster_name in _words(call.resource):
            # What is gone has no name any more that a finding could have.
            machine = next((last_part(word) for word in call.resource.split() if "container-instance/" in word), "")
            field = f"container instance {machine}".strip()
            yield _event(
                call.event_time, source, ecs.subject, EventKind.NODE_LOST, field, after="deregistered",
                actor=call.username,
            )  # fmt: skip


def _named(ecs: Snapshot, resource: str) -> Iterable[ContainerInstance]:
    words = _words(resource)
    return (item for item in ecs.instances if last_part(item.container_instance_arn) in words)


def _words(resource: str) -> frozenset[str]:
    return frozenset(last_part(word) for word in resource.split())


def _removed(ecs: Snapshot) -> Iterator[Event]:
    for image in ecs.images:
        if image.removed:
            subject, source = Subject("image", image.image), "cloudtrail LookupEvents"
            yield _event(image.removed.at, source, subject, EventKind.REMOVED, actor=image.removed.by)


def _event(
    at: datetime, source: str, subject: Subject, kind: EventKind, field: str = "", before: str = "", after: str = "",
    actor: str = "",
) -> Event:  # fmt: skip
    return Event(
        at=at,
        source=shortened(source),
        subject=shortened(str(subject)),
        kind=kind,
        field=shortened(field),
        before=shortened(before),
        after=shortened(after),
        actor=shortened(actor),
    )
