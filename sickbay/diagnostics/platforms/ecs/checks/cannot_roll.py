"""A deployment has no room to replace a task."""

import math
import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.messages import Warns, latest
from sickbay.diagnostics.platforms.ecs.placing import places_for
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import Service


@check(
    "ECS-S105",
    title="Deployment cannot roll",
    severity=Severity.HIGH,
    remedy="Let a task stop first (minimumHealthyPercent below 100), or use host port 0, or add an instance.",
    explains=("ECS-S101", "ECS-S102", "ECS-S104"),
)
def cannot_roll(ecs: Snapshot) -> Iterator[Finding]:
    """The percentages of a deployment let no task stop or start, or its instances have no place to start one on.

    minimumHealthyPercent of the desired count, rounded up, must keep running; maximumPercent of it, rounded down, may
    run. With a static host port each instance takes one task, so with as many tasks as instances and a minimum of
    100 % neither can begin: this is what one instance, host port 80 and the defaults end in. Blue/green, by ECS or by
    CodeDeploy, needs places for all new tasks beside the old ones, whatever the percentages are. That the scheduler
    itself says so is observed; the arithmetic alone is inferred, and counts only while a deployment is under way.
    """
    for service in ecs.services:
        if service.deployment_controller.type == "EXTERNAL" or service.scheduling_strategy != "REPLICA":
            continue
        told = latest(ecs, service, Warns.CONFIGURATION)
        why = (_ports(ecs, service) or _percentages(service)) if service.rolling else _doubled(ecs, service)
        rolling = len(service.deployments) > 1 or len(service.task_sets) > 1
        if not (told or (rolling and why)):
            continue
        configuration = service.deployment_configuration
        percent = f"{configuration.minimum_healthy_percent} %, {configuration.maximum_percent} %"
        event = (ecs.event_evidence(service, told.event),) if told else ()
        yield Finding(
            subject=ecs.service_subject(service),
            summary=f"The deployment of {service.service_name} cannot progress: "
            f"{why or 'its percentages let no task stop or start'}.",
            evidence=(*event, ecs.service_evidence(service, "minimumHealthyPercent, maximumPercent", percent)),
            confidence=Confidence.OBSERVED if told else Confidence.INFERRED,
            remedy=_remedy(ecs, service),
            first_seen=told.event.created_at if told else service.primary.created_at if service.primary else None,
            last_seen=ecs.taken_at,
        )


def _bounds(service: Service) -> tuple[int, int]:
    """Give how many tasks must keep running, and how many may run."""
    configuration, desired = service.deployment_configuration, service.desired_count
    return (
        math.ceil(desired * configuration.minimum_healthy_percent / 100),
        math.floor(desired * configuration.maximum_percent / 100),
    )


def _percentages(service: Service) -> str:
    least, most = _bounds(service)
    if service.desired_count and least >= service.desired_count and most <= service.desired_count:
        return f"of its {service.desired_count} tasks {least} must keep running and {most} may run"
    return ""


def _doubled(ecs: Snapshot, service: Service) -> str:
    """Give why a blue/green deployment finds no room for as many tasks again as there are, or nothing."""
    definition = ecs.definitions.get(_new(service))
    scaled = {item.name for item in ecs.providers if item.scaled}
    grows = any(item.capacity_provider in scaled for item in service.capacity_provider_strategy)
    if definition is None or not ecs.instances or not ecs.uses_instances(service) or grows:
        return ""
    started = [task for task in ecs.tasks_of(service) if task.task_definition_arn == _new(service) and not task.stopped]
    wanted, places = service.desired_count - len(started), places_for(ecs, service, definition)
    if places >= wanted:
        return ""
    port = f", each with host port {definition.static_ports[0]}" if definition.static_ports else ""
    return f"{wanted} more tasks must run beside the old ones{port}, and the instances have room for {places}"


def _new(service: Service) -> str:
    """Give the task definition that a deployment brings: the primary's, or that of CodeDeploy's second task set."""
    coming = next((item.task_definition for item in service.task_sets if item.status == "ACTIVE"), "")
    return coming or (service.primary.task_definition if service.primary else service.task_definition)


def _ports(ecs: Snapshot, service: Service) -> str:
    definition = ecs.definition_of(service)
    if definition is None or not definition.static_ports or not ecs.instances or not ecs.uses_instances(service):
        return ""
    usable = [item for item in ecs.instances if item.placeable]
    least, _ = _bounds(service)
    free = [item for item in usable if not item.taken_bindings & definition.static_bindings]
    if free or least < service.desired_count:
        return ""
    where = "the only instance" if len(usable) == 1 else f"all {len(usable)} instances"
    minimum = service.deployment_configuration.minimum_healthy_percent
    return f"host port {definition.static_ports[0]} is taken on {where} and minimumHealthyPercent is {minimum}"


def _remedy(ecs: Snapshot, service: Service) -> Remedy:
    definition = ecs.definition_of(service)
    ports = bool(definition and definition.static_ports)
    if not service.rolling:
        text = "Use host port 0, reserve less, or have instances for twice the tasks while a deployment is under way."
        return Remedy(text=text)
    text = "Use host port 0, or add an instance, or let a task stop before the next one starts."
    command = (
        f"aws ecs update-service --region {ecs.region} --cluster {ecs.cluster_name} "
        f"--service {shlex.quote(service.service_name)} "
        "--deployment-configuration minimumHealthyPercent=0,maximumPercent=100"
    )
    if ports:
        return Remedy(text=text, command=command)
    return Remedy(text="Let at least one task start or stop: raise maximumPercent to 200, or lower the minimum.")
