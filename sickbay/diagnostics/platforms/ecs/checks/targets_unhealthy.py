"""A load balancer finds a service's targets unhealthy."""

import re
from collections import Counter
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.messages import Warns, latest
from sickbay.diagnostics.platforms.ecs.revisions import last_deployment, production_groups
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.balancing import TargetGroup, TargetHealth

_UNHEALTHY = frozenset({"unhealthy", "unhealthy.draining"})
_ERROR = re.compile(r"with \(error (.+)\)", re.DOTALL)
#: A deployment that is not at its end.
_UNDER_WAY = frozenset({"PENDING", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "STOP_REQUESTED"})
#: What each reason says, and what to do.
_REASONS = {
    "Target.Timeout": (
        "they do not answer in time",
        (
            "Let the tasks' security group take the health check's port from the load balancer's, and the program "
            "listen on 0.0.0.0; then look how long its answer takes."
        ),
    ),
    "Target.ResponseCodeMismatch": (
        "they answer with another code than the health check wants",
        "Correct the health check's path or the codes it accepts, or what the program answers there.",
    ),
    "Target.FailedHealthChecks": (
        "they refuse the connection or break it off",
        "Check that the container listens on the port that is registered, on 0.0.0.0, and that it is up by then.",
    ),
    "Target.NotInUse": (
        "no listener of a load balancer uses the target group, or not in their zone",
        "Attach the target group to a listener, and switch on the targets' zones at the load balancer.",
    ),
    "Target.IpUnusable": (
        "their address is one that the load balancer uses itself",
        "Use other addresses for the targets.",
    ),
    "Target.InvalidState": ("their instance is stopped", "Start the instance, or take it out."),
    "Elb.InternalError": ("the load balancer failed inside", "Nothing is to be done but to wait, or to ask AWS."),
}


@check(
    "ECS-L101",
    title="Targets are unhealthy",
    severity=Severity.HIGH,
    remedy="Ask the target what the health check asks, from within its subnet, and compare the answers.",
    explains=("ECS-L102", "ECS-S101", "ECS-S103", "ECS-S104", "ECS-T106"),
)
def targets_unhealthy(ecs: Snapshot) -> Iterator[Finding]:
    """A target group, or a classic load balancer, tells that targets of a service are unhealthy, and its reason; or the
    scheduler that it could not register them.

    A timeout is mostly a security group or a program that listens on 127.0.0.1; a mismatch of codes a wrong path; a
    failed check a port on which nothing listens. Targets that are new, draining or healthy are left alone. Of the two
    groups of a blue/green service the one that production traffic goes to is judged, and the other one too while a
    deployment puts new tasks there. The codes that came back are told by the scheduler alone, in its message.
    """
    yield from _unregistered(ecs)
    for arn, targets in ecs.health.items():
        if _idle(ecs, arn) and not _coming(ecs, arn):
            continue
        unwell = [item for item in targets if item.target_health.state in _UNHEALTHY]
        if _in_use(ecs, arn):
            unwell += [item for item in targets if item.target_health.reason == "Target.NotInUse"]
        if unwell:
            yield _group(ecs, arn, targets, unwell)
    for name, instances in ecs.classic.items():
        out = [item for item in instances if item.state == "OutOfService"]
        if out:
            yield Finding(
                subject=ecs.group_subject(name),
                summary=f"Load balancer {name} has {len(out)} of {len(instances)} instances out of service: "
                f"{out[0].description.rstrip('.') or out[0].reason_code}.",
                evidence=tuple(
                    ecs.evidence(
                        f"elb DescribeInstanceHealth {name} {item.instance_id}",
                        f"{item.reason_code}: {item.description}",
                    )
                    for item in out[:3]
                ),
                remedy=Remedy(
                    text="Compare the health check's target (such as HTTP:80/) with what the container answers there, "
                    "and let the instances' security group take it."
                ),
                last_seen=ecs.taken_at,
                count=len(out),
            )


def _unregistered(ecs: Snapshot) -> Iterator[Finding]:
    """Tell of services whose tasks ECS could not register: the load balancer or Cloud Map refused them."""
    for service in ecs.services:
        notice = latest(ecs, service, Warns.UNREGISTERED)
        if notice is None:
            continue
        error = _ERROR.search(notice.event.message)
        why = f": {error[1].rstrip('.')}" if error else ""
        yield Finding(
            subject=ecs.service_subject(service),
            summary=f"Tasks of {service.service_name} cannot be registered where they are to be reached{why}.",
            evidence=(ecs.event_evidence(service, notice.event),),
            remedy=Remedy(
                text="Mend what the error names: the target group needs a load balancer, the tasks' zones be switched "
                "on there, and ECS's service-linked role be allowed to register."
            ),
            first_seen=notice.event.created_at,
            last_seen=ecs.taken_at,
        )


def _idle(ecs: Snapshot, arn: str) -> bool:
    """Say whether it is known that production traffic goes to another group of each of its services."""
    groups = [production_groups(ecs, item) for item in ecs.services_of(arn)]
    return bool(groups) and all(group and arn not in group for group in groups)


def _coming(ecs: Snapshot, arn: str) -> bool:
    """Say whether a deployment is putting tasks into the group of one of its services."""
    last = [last_deployment(ecs, item) for item in ecs.services_of(arn)]
    new = any(one.status == "ACTIVE" for item in ecs.services_of(arn) for one in item.task_sets)
    return new or any(item is not None and item.status in _UNDER_WAY for item in last)


def _in_use(ecs: Snapshot, arn: str) -> bool:
    """Say whether a listener should use the group: of a blue and a green one, one is idle."""
    return all(item.rolling or arn in production_groups(ecs, item) for item in ecs.services_of(arn))


def _group(ecs: Snapshot, arn: str, targets: tuple[TargetHealth, ...], unwell: list[TargetHealth]) -> Finding:
    subject, group = ecs.group_subject(arn), ecs.group_by_arn.get(arn)
    reason = Counter(item.target_health.reason for item in unwell).most_common(1)[0][0]
    says, cure = _REASONS.get(reason, (unwell[0].target_health.description.rstrip(".") or reason, ""))
    notices = [notice for item in ecs.services_of(arn) if (notice := latest(ecs, item, Warns.UNHEALTHY))]
    return Finding(
        subject=subject,
        summary=f"{len(unwell)} of {len(targets)} targets of {subject.name} are unhealthy: "
        f"{says}{_asked(group, reason)}{', and take no production traffic yet' if _idle(ecs, arn) else ''}.",
        evidence=(
            *(
                ecs.evidence(
                    f"elbv2 DescribeTargetHealth {subject.name} {item.target.id}:{item.target.port}",
                    f"{item.target_health.reason}: {item.target_health.description}",
                )
                for item in unwell[:3]
            ),
            *(
                ecs.evidence("ecs DescribeServices events", item.event.message, item.event.created_at)
                for item in notices[:1]
            ),
        ),
        remedy=Remedy(text=cure) if cure else None,
        first_seen=notices[0].event.created_at if notices else None,
        last_seen=ecs.taken_at,
        count=len(unwell),
    )


def _asked(group: TargetGroup | None, reason: str) -> str:
    """Give what the health check asks, where that decides."""
    if group is None or not group.health_check_path or reason not in {"Target.ResponseCodeMismatch", "Target.Timeout"}:
        return ""
    wants = f", wanted {group.matcher.http_code}" if reason == "Target.ResponseCodeMismatch" else ""
    port = f" on port {group.health_check_port}" if group.health_check_port.isdigit() else ""
    return f" (GET {group.health_check_path}{port}{wants}, within {group.health_check_timeout_seconds} s)"
