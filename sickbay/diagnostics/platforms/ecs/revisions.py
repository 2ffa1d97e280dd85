"""What the deployments of a service changed: the revision that each came from beside the one that it brought."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.ecs.differences import differences, variables
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot, grouped
from sickbay.diagnostics.platforms.ecs.wire.account import TrailEvent
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.deployments import ServiceDeployment, ServiceRevision
from sickbay.diagnostics.platforms.ecs.wire.services import Service

#: The cluster of calls that name none.
_DEFAULT = "default"


class Change(NamedTuple):
    """Two revisions of a service, where they were read, and when the change of one for the other began."""

    before: ServiceRevision
    after: ServiceRevision
    source: str
    at: datetime | None


def last_deployment(ecs: Snapshot, service: Service) -> ServiceDeployment | None:
    """Give the service's last deployment as the API of deployments has it, where it was read."""
    return next(reversed(_deployments(ecs, service)), None)


def production_groups(ecs: Snapshot, service: Service) -> frozenset[str]:
    """Give the target groups of a service that is deployed blue/green to which production traffic goes.

    CodeDeploy's primary task set is in them, or else the revision that the last deployment gives a part of the traffic.
    Nothing where that is not told, and for a service that is deployed in place.
    """
    if service.rolling:
        return frozenset()
    primary = (item for item in service.task_sets if item.status == "PRIMARY")
    held = {one.target_group_arn for item in primary for one in item.load_balancers}
    last = last_deployment(ecs, service)
    serving = {item.arn for item in last.revisions if item.requested_production_traffic_weight} if last else set()
    for revision in ecs.revisions:
        if revision.service_revision_arn in serving:
            held |= revision.group_arns
    return frozenset(held - {""})


def deployed(ecs: Snapshot, service: Service) -> Iterator[Change]:
    """Yield what the deployments that were read changed, the oldest first, and what was rolled back after it.

    Where the API of deployments tells of none, what takes the place of what still runs, as the service itself has it.
    """
    told = False
    for item in _deployments(ecs, service):
        if change := _brought(ecs, service, item):
            told = True
            yield change
            if item.rollback.started_at:
                source = f"{change.source}, rolled back"
                yield Change(change.after, change.before, source, item.rollback.started_at)
    if not told and (change := _under_way(service)):
        yield change


def change_evidence(ecs: Snapshot, service: Service) -> tuple[Evidence, ...]:
    """Give what the last deployment of a service changed as evidence, field by field, and who updated it in the window.

    Nothing of what is not known. Of the environment only names are told. A definition that could not be read is left
    out of the comparison.
    """
    last = last_deployment(ecs, service)
    change = (_brought(ecs, service, last) if last else None) or _under_way(service)
    lines = [*_fields(ecs, change), *_variables(ecs, change)] if change else []
    told = (ecs.evidence(change.source, "\n".join(lines), change.at),) if change and lines else ()
    who = (
        ecs.evidence("cloudtrail LookupEvents UpdateService", f"{item.username}: {item.resource}", item.event_time)
        for item in updates(ecs, service)[:2]
    )
    return (*told, *who)


def updates(ecs: Snapshot, service: Service) -> tuple[TrailEvent, ...]:
    """Give the calls that updated the service lately, the latest first, where CloudTrail tells."""
    return tuple(item for item in ecs.trail if item.event_name == "UpdateService" and _is_of(ecs, service, item))


def _is_of(ecs: Snapshot, service: Service, call: TrailEvent) -> bool:
    """Say whether a call names a service, and its cluster: another one may have a service of the same name.

    A call that names no cluster is about the default one.
    """
    words = call.resource.split()
    here = ecs.cluster_name == _DEFAULT or ecs.cluster_name in map(last_part, words)
    return service.service_arn in words or (here and service.service_name in words)


def _deployments(ecs: Snapshot, service: Service) -> list[ServiceDeployment]:
    own = ((item.created_at, item) for item in ecs.deployments if item.service_arn == service.service_arn)
    dated = [(at, item) for at, item in own if at]
    return [item for _, item in sorted(dated, key=lambda pair: pair[0])]


def _brought(ecs: Snapshot, service: Service, deployment: ServiceDeployment) -> Change | None:
    known = {item.service_revision_arn: item for item in ecs.revisions}
    before = next((known[item.arn] for item in deployment.source_service_revisions if item.arn in known), None)
    after = known.get(deployment.target_service_revision.arn)
    if before is None or after is None:
        return None
    return Change(before, after, f"ecs DescribeServiceRevisions {service.service_name}", deployment.created_at)


def _under_way(service: Service) -> Change | None:
    """Give the change from what a deployment that is under way takes the place of, as the service itself tells it.

    After a rollback the older of both is the primary one.
    """
    new, old = service.primary, next((item for item in service.deployments if item.status == "ACTIVE"), None)
    if new is None or old is None:
        return None
    if new.created_at and old.created_at and new.created_at < old.created_at:
        new, old = old, new
    before, after = (
        ServiceRevision(task_definition=item.task_definition, network_configuration=item.network_configuration)
        for item in (old, new)
    )
    return Change(before, after, f"ecs DescribeServices {service.service_name} deployments", new.created_at)


def _fields(ecs: Snapshot, change: Change) -> Iterator[str]:
    for item in differences(ecs, change.before, change.after):
        yield f"{item.field}: {item.before or 'none'} → {item.after or 'none'}"


def _variables(ecs: Snapshot, change: Change) -> Iterable[str]:
    named = ((item.container, f"{item.name} {item.how}") for item in variables(ecs, change.before, change.after))
    return (f"environment of {container}: {', '.join(told)}" for container, told in grouped(named).items())
