"""What changes between two looks at a cluster, and what is remembered of it for the next."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from sickbay.diagnostics.events import Event, EventKind, Moment
from sickbay.diagnostics.platforms.ecs.changing import deployment_events, instance_event, joined, scaled, service_event
from sickbay.diagnostics.platforms.ecs.differences import DEFINITION
from sickbay.diagnostics.platforms.ecs.happenings import said
from sickbay.diagnostics.platforms.ecs.revisions import Change, deployed
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.deployments import ServiceRevision
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance
from sickbay.diagnostics.platforms.ecs.wire.services import Service

#: Looks so close together tell when something changed well enough where ECS gives no time for it.
CLOSE = timedelta(minutes=2)
#: The times of one deployment, as the service and the API of deployments have them, differ by so much.
_SAME = timedelta(seconds=5)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class KnownService(Struct, frozen=True, array_like=True, omit_defaults=True):
    """A service at the last look: its latest deployment and definition, how many tasks it shall have.

    `began` is when the last deployment that was told began, `said` when the scheduler last said something.
    """

    deployment: str
    definition: str
    desired: int
    began: Moment = _NEVER
    said: Moment = _NEVER


class KnownInstance(Struct, frozen=True, array_like=True, omit_defaults=True):
    """A container instance at the last look; `away` since its agent is disconnected, `lost` once that was told."""

    status: str
    version: str
    away: Moment | None = None
    lost: bool = False


class Known(Struct, frozen=True, kw_only=True):
    """A cluster at the last look; `instances` is None where they could not be read yet."""

    at: Moment
    services: Mapping[str, KnownService] = {}
    instances: Mapping[str, KnownInstance] | None = None


def moved(known: Known, ecs: Snapshot) -> tuple[Service, ...]:
    """Give the services that were deployed since."""
    found = ((known.services.get(item.service_name), item) for item in ecs.services)
    return tuple(item for was, item in found if was and (was.deployment, was.definition) != _deployment(item))


def remembered(ecs: Snapshot, known: Known | None = None, *, instances: bool = True) -> Known:
    """Give what is remembered of a cluster; of instances what was known before, where they could not be read."""
    services = known.services if known else {}
    before = known.instances if known else None
    machines = {item.name: _machine(ecs, item, (before or {}).get(item.name)) for item in ecs.instances}
    return Known(
        at=ecs.taken_at,
        services={item.service_name: _service(ecs, item, services.get(item.service_name)) for item in ecs.services},
        instances=machines if instances else before,
    )


def news(known: Known, ecs: Snapshot, *, instances: bool = True) -> Iterator[Event]:
    """Yield what changed since the last look, and what the scheduler said.

    Where ECS gives no time, it is that of the last look, if that is not long ago: what came of a change comes after it.
    """
    close = known.at <= ecs.taken_at <= known.at + CLOSE
    at = known.at if close else ecs.taken_at
    rolled = {item.service_name for item in moved(known, ecs)}
    for service in ecs.services:
        was = known.services.get(service.service_name)
        if was is None:
            yield _made(ecs, service, at)
            continue
        if service.service_name in rolled:
            yield from _rolled_out(ecs, service, was, at)
        if service.desired_count != was.desired:
            source = f"ecs DescribeServices {service.service_name} desiredCount"
            yield scaled(ecs, service, at, source, str(was.desired), service.desired_count)
        yield from said(ecs, service, was.said)
    for name in known.services.keys() - ecs.service_by_name.keys():
        yield Event(at=at, source="ecs ListServices", subject=f"service/{name}", kind=EventKind.REMOVED)
    if instances and known.instances is not None:
        yield from _of_instances(known.instances, ecs, at)


def _deployment(service: Service) -> tuple[str, str]:
    primary = service.primary
    return (primary.id, primary.task_definition) if primary else ("", service.task_definition)


def _service(ecs: Snapshot, service: Service, was: KnownService | None) -> KnownService:
    deployment, definition = _deployment(service)
    rolled = was is not None and (was.deployment, was.definition) != (deployment, definition)
    began = [item.created_at for item in service.deployments if item.created_at]
    began += [change.at for change in deployed(ecs, service) if change.at and rolled]
    spoken = [event.created_at for event in service.events]
    return KnownService(
        deployment,
        definition,
        service.desired_count,
        max([was.began if was else _NEVER, *began]),
        max([was.said if was else _NEVER, *spoken]),
    )


def _made(ecs: Snapshot, service: Service, at: datetime) -> Event:
    source, after = f"ecs DescribeServices {service.service_name}", last_part(service.task_definition)
    began = service.created_at or at
    return service_event(ecs, service, began, source, EventKind.CREATED, DEFINITION if after else "", after=after)


def _rolled_out(ecs: Snapshot, service: Service, was: KnownService, at: datetime) -> Iterator[Event]:
    """Yield what the deployments since the last one that was told changed."""
    found = [(change, change.at) for change in deployed(ecs, service) if change.at and change.at > was.began + _SAME]
    if not found:
        primary = service.primary
        began = primary.created_at if primary else None
        before, after = (ServiceRevision(task_definition=arn) for arn in (was.definition, _deployment(service)[1]))
        change = Change(before, after, f"ecs DescribeServices {service.service_name}", began)
        found = [(change, began if began and began > was.began + _SAME else at)]
    for change, when in found:
        yield from deployment_events(ecs, service, change, when)


def _machine(ecs: Snapshot, item: ContainerInstance, was: KnownInstance | None) -> KnownInstance:
    version = item.version_info.agent_version
    if item.agent_connected:
        return KnownInstance(item.status, version)
    away = was.away if was else None
    return KnownInstance(item.status, version, away or ecs.taken_at, away is not None)


def _of_instances(known: Mapping[str, KnownInstance], ecs: Snapshot, at: datetime) -> Iterator[Event]:
    for item in ecs.instances:
        was = known.get(item.name)
        if was is None:
            yield joined(ecs, item, at)
            continue
        if item.status != was.status:
            yield instance_event(ecs, item, at, EventKind.NODE_CHANGED, "status", was.status, item.status)
        if (version := item.version_info.agent_version) != was.version:
            yield instance_event(ecs, item, at, EventKind.ENGINE, "agentVersion", was.version, version)
        # Agents reconnect several times an hour: only one that stays away is lost.
        if not item.agent_connected and was.away and not was.lost:
            yield instance_event(ecs, item, was.away, EventKind.NODE_LOST, "agentConnected", "true", "false")
        elif item.agent_connected and was.lost:
            yield instance_event(ecs, item, at, EventKind.NODE_CHANGED, "agentConnected", "false", "true")
    for name in known.keys() - {item.name for item in ecs.instances}:
        # It is the cluster that lost it: nothing that is there depends on an instance that is gone.
        yield Event(
            at=at, source="ecs ListContainerInstances", subject=str(ecs.subject), kind=EventKind.NODE_LOST,
            field=f"container instance {name}", before=known[name].status,
        )  # fmt: skip
