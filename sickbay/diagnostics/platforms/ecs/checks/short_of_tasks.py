"""A service runs fewer tasks than it should."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.ecs.messages import warnings
from sickbay.diagnostics.platforms.ecs.revisions import change_evidence
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import Service

#: What a deployment or a replaced task takes when all is well.
_GRACE = timedelta(minutes=5)


@check(
    "ECS-S101",
    title="Service is short of tasks",
    severity=Severity.HIGH,
    remedy="Look why tasks stop or are not placed: the last stopped task and the last event of the service say it.",
    explains=("ECS-L101", "ECS-L102"),
)
def short_of_tasks(ecs: Snapshot) -> Iterator[Finding]:
    """Fewer tasks of a service run than are desired, and not only because a deployment has just begun.

    This is the symptom: what stops its tasks or keeps them from being placed has findings of its own. A service that
    was made or deployed within five minutes, with no task lost and no warning, is left alone. What its last deployment
    changed stands beside it.
    """
    for service in ecs.services:
        if not service.short or service.status != "ACTIVE" or _just_begun(ecs, service):
            continue
        none = service.running_count == 0
        said = next((item for item in warnings(ecs, service)), None)
        yield Finding(
            subject=ecs.service_subject(service),
            summary=f"{service.service_name} runs {'none' if none else service.running_count} of its "
            f"{service.desired_count} task{'s' if service.desired_count != 1 else ''}"
            f"{f', {service.pending_count} pending' if service.pending_count else ''}.",
            evidence=(
                ecs.service_evidence(
                    service,
                    "runningCount, pendingCount, desiredCount",
                    f"{service.running_count}, {service.pending_count}, {service.desired_count}",
                ),
                *((ecs.event_evidence(service, said.event),) if said else ()),
                *change_evidence(ecs, service),
            ),
            last_seen=ecs.taken_at,
        )


def _just_begun(ecs: Snapshot, service: Service) -> bool:
    primary = service.primary
    began = primary.created_at if primary else service.created_at
    young = began is not None and ecs.taken_at - began < _GRACE
    lost = any(task.service == service.service_name for task in ecs.failed)
    failing = primary is not None and (primary.failed_tasks > 0 or primary.rollout_state == "FAILED")
    return young and not lost and not failing and not warnings(ecs, service)
