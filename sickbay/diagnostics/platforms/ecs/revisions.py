"""What a deployment changed: the revision of a service that it came from beside the one that it brought."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.base import last_part
from sickbay.diagnostics.platforms.ecs.wire.definitions import ContainerDefinition, TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.deployments import ServiceDeployment, ServiceRevision
from sickbay.diagnostics.platforms.ecs.wire.services import Service


class Change(NamedTuple):
    """Two revisions of a service, where they were read, and when the change of one for the other began."""

    before: ServiceRevision
    after: ServiceRevision
    source: str
    at: datetime | None


def last_deployment(ecs: Snapshot, service: Service) -> ServiceDeployment | None:
    """Give the service's last deployment as the API of deployments has it, where it was read."""
    own = [item for item in ecs.deployments if item.service_arn == service.service_arn and item.created_at]
    return max(own, key=lambda item: item.created_at or ecs.taken_at, default=None)


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


def change_evidence(ecs: Snapshot, service: Service) -> tuple[Evidence, ...]:
    """Give what the last deployment of a service changed as evidence, field by field, and who updated it in the window.

    Nothing of what is not known. Of the environment only names are told. A definition that could not be read is left
    out of the comparison.
    """
    change = _told(ecs, service) or _under_way(service)
    lines = [*_fields(ecs, change), *_variables(ecs, change)] if change else []
    told = (ecs.evidence(change.source, "\n".join(lines), change.at),) if change and lines else ()
    return (*told, *_who(ecs, service))


def _who(ecs: Snapshot, service: Service) -> tuple[Evidence, ...]:
    """Give who updated the service within the window, where CloudTrail tells."""
    own = [
        item
        for item in ecs.trail
        if item.event_name == "UpdateService"
        and {service.service_name, service.service_arn} & set(item.resource.split())
    ]
    return tuple(
        ecs.evidence("cloudtrail LookupEvents UpdateService", f"{item.username}: {item.resource}", item.event_time)
        for item in own[:2]
    )


def _told(ecs: Snapshot, service: Service) -> Change | None:
    last = last_deployment(ecs, service)
    if last is None:
        return None
    known = {item.service_revision_arn: item for item in ecs.revisions}
    before = next((known[item.arn] for item in last.source_service_revisions if item.arn in known), None)
    after = known.get(last.target_service_revision.arn)
    if before is None or after is None:
        return None
    return Change(before, after, f"ecs DescribeServiceRevisions {service.service_name}", last.created_at)


def _under_way(service: Service) -> Change | None:
    """Give the change from what a deployment that is under way takes the place of, as the service itself tells it."""
    new, old = service.primary, next((item for item in service.deployments if item.status == "ACTIVE"), None)
    if new is None or old is None:
        return None
    before, after = (
        ServiceRevision(task_definition=item.task_definition, network_configuration=item.network_configuration)
        for item in (old, new)
    )
    return Change(before, after, f"ecs DescribeServices {service.service_name} deployments", new.created_at)


def _fields(ecs: Snapshot, change: Change) -> Iterator[str]:
    before, after = (dict(_of_revision(ecs, item)) for item in (change.before, change.after))
    definitions = _definitions(ecs, change)
    if definitions:
        before |= dict(_of_definition(definitions[0]))
        after |= dict(_of_definition(definitions[1]))
    for field in {**before, **after}:
        was, now = before.get(field, ""), after.get(field, "")
        if was != now:
            yield f"{field}: {was or 'none'} → {now or 'none'}"
    yield from _digests(change, before, after)


def _definitions(ecs: Snapshot, change: Change) -> tuple[TaskDefinition, TaskDefinition] | None:
    before, after = (ecs.definitions.get(item.task_definition) for item in (change.before, change.after))
    return (before, after) if before and after and before is not after else None


def _of_revision(ecs: Snapshot, revision: ServiceRevision) -> Iterator[tuple[str, str]]:
    network = revision.network_configuration.awsvpc_configuration
    yield "task definition", last_part(revision.task_definition)
    yield "launch type", revision.launch_type
    yield "platform version", revision.platform_version
    yield "capacity providers", ", ".join(item.capacity_provider for item in revision.capacity_provider_strategy)
    yield "subnets", ", ".join(sorted(network.subnets))
    yield "security groups", ", ".join(sorted(network.security_groups))
    yield "public address", network.assign_public_ip
    yield (
        "load balancers",
        ", ".join(
            f"{item.container_name}:{item.container_port} in "
            f"{' and '.join(ecs.group_subject(arn).name for arn in item.group_arns) or item.load_balancer_name}"
            for item in revision.load_balancers
        ),
    )


def _of_definition(definition: TaskDefinition) -> Iterator[tuple[str, str]]:
    yield "CPU of the task", definition.cpu
    yield "memory of the task", definition.memory
    yield "network mode", definition.network_mode
    yield "execution role", last_part(definition.execution_role_arn)
    yield "task role", last_part(definition.task_role_arn)
    yield "architecture", definition.runtime_platform.cpu_architecture if definition.runtime_platform else ""
    for item in definition.container_definitions:
        yield from ((f"{field} of {item.name}", value) for field, value in _of_container(item))


def _of_container(item: ContainerDefinition) -> Iterator[tuple[str, str]]:
    yield "image", item.image
    yield "CPU", str(item.cpu or "")
    yield "memory", str(item.memory or item.memory_reservation or "")
    yield "ports", ", ".join(f"{one.host_port}:{one.container_port}" for one in item.port_mappings)
    yield "entry point", " ".join(item.entry_point)
    yield "command", " ".join(item.command)
    yield "secrets", ", ".join(f"{one.name} from {one.value_from}" for one in item.secrets)


def _digests(change: Change, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Yield the containers whose image has the same name and another digest: its tag was moved in between."""
    old = {item.container_name: item.image_digest for item in change.before.container_images}
    for item in change.after.container_images:
        was, field = old.get(item.container_name), f"image of {item.container_name}"
        if was and was != item.image_digest and before.get(field) == after.get(field):
            yield f"digest of the {field}: {was} → {item.image_digest}"


def _variables(ecs: Snapshot, change: Change) -> Iterator[str]:
    definitions = _definitions(ecs, change)
    if definitions is None:
        return
    for container in definitions[1].container_definitions:
        older = definitions[0].container(container.name)
        was = {item.name: item.mark for item in older.environment} if older else {}
        now = {item.name: item.mark for item in container.environment}
        told = [
            *(f"{name} added" for name in now if name not in was),
            *(f"{name} removed" for name in was if name not in now),
            *(f"{name} changed" for name in now if name in was and was[name] != now[name]),
        ]
        if told:
            yield f"environment of {container.name}: {', '.join(told)}"
