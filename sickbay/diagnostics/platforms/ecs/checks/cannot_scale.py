"""Scaling is at its end, or failed."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.balancing import ScalingActivity

_AT_MOST = "AlreadyAtMaxCapacity"


@check(
    "ECS-S107",
    title="Cannot scale out",
    severity=Severity.MEDIUM,
    remedy="Raise the maximum, or find what uses so much.",
    explains=("ECS-L102", "ECS-S101", "ECS-S102", "ECS-T110"),
)
def cannot_scale(ecs: Snapshot) -> Iterator[Finding]:
    """A service's scaling wanted more tasks than its maximum, or failed; or a capacity provider's last update failed.

    Application Auto Scaling tells, for each policy that was to act and did not, why. That a service stands at its
    maximum is no fault while nothing wants more. Only the latest activity of each service counts.
    """
    seen = set[str]()
    for activity in ecs.scaling:
        name = activity.resource_id.rpartition("/")[2]
        service = ecs.service_by_name.get(name)
        recent = activity.start_time is None or activity.start_time >= ecs.window_start
        if service is not None and recent and name not in seen:
            seen.add(name)
            yield from _activity(ecs, activity, Subject("service", name))
    for provider in ecs.providers:
        if provider.update_status.endswith("_FAILED"):
            yield Finding(
                subject=Subject("capacity-provider", provider.name),
                summary=f"Capacity provider {provider.name} is {provider.update_status}: "
                f"{provider.update_status_reason.rstrip('.') or 'AWS gives no reason'}.",
                evidence=(
                    ecs.evidence(
                        f"ecs DescribeCapacityProviders {provider.name} updateStatus",
                        f"{provider.update_status}: {provider.update_status_reason}",
                    ),
                ),
                remedy=Remedy(text="Repair its Auto Scaling group, or make the provider anew."),
                last_seen=ecs.taken_at,
            )


def _activity(ecs: Snapshot, activity: ScalingActivity, subject: Subject) -> Iterator[Finding]:
    most = next((item for item in activity.not_scaled_reasons if item.code == _AT_MOST), None)
    if most is None and activity.status_code != "Failed":
        return
    says = (
        f"{subject.name} cannot scale out: it stands at its maximum of {most.max_capacity} tasks"
        if most
        else f"Scaling {subject.name} failed: {activity.status_message.rstrip('.') or 'AWS gives no reason'}"
    )
    source = f"application-autoscaling DescribeScalingActivities {activity.resource_id}"
    yield Finding(
        subject=subject,
        summary=f"{says}.",
        evidence=(ecs.evidence(source, activity.cause or activity.status_message or activity.description),),
        remedy=Remedy(
            text="Raise the maximum of its scaling, where the load is meant to be, and what it runs on."
            if most
            else "Mend what the message names, and scale again."
        ),
        first_seen=activity.start_time,
        last_seen=ecs.taken_at,
    )
