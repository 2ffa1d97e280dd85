"""The scheduler finds no place for a service's tasks."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.ecs.endings import Ending, ended, told
from sickbay.diagnostics.platforms.ecs.messages import PLACEMENT, latest, warns_of
from sickbay.diagnostics.platforms.ecs.placing import CURES, figures
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import Service


@check(
    "ECS-S102",
    title="Tasks cannot be placed",
    severity=Severity.HIGH,
    remedy="Give the cluster what the scheduler's message says is missing.",
    explains=("ECS-L102", "ECS-S101", "ECS-S104"),
)
def not_placed(ecs: Snapshot) -> Iterator[Finding]:
    """The scheduler's last message on a service that is short says that a task could not be placed, and why.

    It names the instance that came closest and what that lacks: CPU, memory, a port, a network interface, an attribute,
    or its agent. What one task reserves stands beside what the instances have left. The scheduler repeats a message
    only after six hours, so one that is that old may still hold; a steady state after it takes it back. A task that
    waited in vain for a capacity provider, or was run by itself, says the same of its end.
    """
    messages = dict(_messages(ecs))
    yield from messages.values()
    for group in ended(ecs, Ending.PLACEMENT):
        warns = warns_of("\n".join(group.last.reasons))
        if warns is None or group.subject in messages:
            continue
        service = ecs.service_by_name.get(group.last.service, Service(service_name=""))
        detail, evidence = figures(ecs, service, ecs.definition_of(group.last), warns)
        summary = f"{group.times} could not be placed: {warns}{detail}."
        yield told(ecs, group, summary, Remedy(text=CURES[warns]), evidence)


def _messages(ecs: Snapshot) -> Iterator[tuple[Subject, Finding]]:
    for service in ecs.services:
        notice = latest(ecs, service, *PLACEMENT)
        if notice is None or not (service.short or len(service.deployments) > 1):
            continue
        detail, evidence = figures(ecs, service, ecs.definition_of(service), notice.warns)
        machine = next(
            (item for item in ecs.instances if notice.closest and notice.closest in item.container_instance_arn), None
        )
        said = [ecs.event_evidence(service, notice.event)]
        if machine:
            said.append(ecs.instance_evidence(machine, "agentConnected", machine.agent_connected))
        subject = ecs.service_subject(service)
        yield (
            subject,
            Finding(
                subject=subject,
                summary=f"Tasks of {service.service_name} cannot be placed: {notice.warns}{detail}.",
                evidence=(*said, *evidence),
                remedy=Remedy(text=CURES[notice.warns]),
                first_seen=notice.event.created_at,
                last_seen=ecs.taken_at,
            ),
        )
