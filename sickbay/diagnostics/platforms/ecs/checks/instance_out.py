"""A container instance takes no tasks."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance


@check(
    "ECS-I102",
    title="Instance takes no tasks",
    severity=Severity.MEDIUM,
    remedy="Replace the instance, or set it to ACTIVE again where draining was not meant.",
    explains=("ECS-S101", "ECS-S102"),
)
def instance_out(ecs: Snapshot) -> Iterator[Finding]:
    """An instance failed to register, says that it is impaired, or drains while services are short of tasks.

    Draining is meant as a rule, by a person or by the Auto Scaling group, so alone it is not told. An instance's own
    health is that of its container runtime.
    """
    short = [item.service_name for item in ecs.services if item.short and ecs.uses_instances(item)]
    for instance in ecs.instances:
        told = _told(instance, short)
        if told:
            says, field, value, cure = told
            yield Finding(
                subject=ecs.instance_subject(instance),
                summary=f"{instance.name} {says}.",
                evidence=(ecs.instance_evidence(instance, field, value),),
                remedy=Remedy(text=cure),
                last_seen=ecs.taken_at,
            )


def _told(instance: ContainerInstance, short: list[str]) -> tuple[str, str, str, str] | None:
    health = instance.health_status
    if instance.status == "REGISTRATION_FAILED":
        reason = instance.status_reason.rstrip(".") or "AWS gives no reason"
        return f"failed to register: {reason}", "status", instance.status, "Mend what the reason names, or replace it."
    if health and health.overall_status == "IMPAIRED":
        failed = [item.type for item in health.details if item.status == "IMPAIRED"]
        cure = "Drain and replace the instance: its container runtime does not work."
        return f"is impaired ({', '.join(failed) or 'no detail'})", "healthStatus", health.overall_status, cure
    if instance.status == "DRAINING" and short:
        cure = "Set it to ACTIVE again, or add an instance in its place."
        return f"is draining while {', '.join(short[:3])} lack tasks", "status", instance.status, cure
    return None
