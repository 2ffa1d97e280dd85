"""Scaling is at its end, or failed."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.ecs.doubts import waiting
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.balancing import ScalingActivity
from sickbay.diagnostics.platforms.ecs.wire.capacity import CapacityProvider

_AT_MOST, _LAUNCH = "AlreadyAtMaxCapacity", "Launch"


@check(
    "ECS-S107",
    title="Cannot scale out",
    severity=Severity.MEDIUM,
    remedy="Raise the maximum, or find what uses so much.",
    explains=("ECS-L102", "ECS-S101", "ECS-S102", "ECS-T110"),
)
def cannot_scale(ecs: Snapshot) -> Iterator[Finding]:
    """A service's scaling wanted more tasks than its maximum, or failed; or a capacity provider's last update failed,
    or its Auto Scaling group starts no instance for tasks that wait: it is at its maximum, or may not, or could not.

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
        elif told := _stuck(ecs, provider):
            says, cure, evidence = told
            waits, group = ", ".join(waiting(ecs, provider)[:3]), provider.group
            yield Finding(
                subject=Subject("capacity-provider", provider.name),
                summary=f"Capacity provider {provider.name} gives {waits} no instance: its group {group} {says}.",
                evidence=(evidence,),
                remedy=Remedy(text=cure),
                last_seen=ecs.taken_at,
            )


def _stuck(ecs: Snapshot, provider: CapacityProvider) -> tuple[str, str, Evidence] | None:
    """Give what keeps the group of a provider that is waited for from starting instances, the cure and the proof."""
    group = next((item for item in ecs.scaling_groups if item.auto_scaling_group_name == provider.group), None)
    if group is None or not waiting(ecs, provider):
        return None
    source = f"autoscaling DescribeAutoScalingGroups {provider.group}"
    if _LAUNCH in {item.process_name for item in group.suspended_processes}:
        cure = "Let the group launch again (ResumeProcesses), where that was not meant."
        return "may launch none, somebody suspended that", cure, ecs.evidence(f"{source} SuspendedProcesses", _LAUNCH)
    last = ecs.group_activities.get(provider.group)
    if last and last.status_code == "Failed":
        why = last.status_message.rstrip(".") or "AWS gives no reason"
        proof = ecs.evidence(f"autoscaling DescribeScalingActivities {provider.group}", why, last.start_time)
        return f"could not start one: {why}", "Mend what Auto Scaling's message names.", proof
    if group.max_size and group.desired_capacity >= group.max_size:
        cure = "Raise the maximum of the group, or run less on it."
        sizes = f"{group.desired_capacity} of {group.max_size}"
        proof = ecs.evidence(f"{source} DesiredCapacity, MaxSize", sizes)
        return f"stands at its maximum of {group.max_size} instances", cure, proof
    return None


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
