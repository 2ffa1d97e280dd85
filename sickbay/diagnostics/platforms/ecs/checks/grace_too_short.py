"""A load balancer gives tasks no chance: the grace period is too short, or their zone is not served."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ending, ended
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot

_NOT_IN_USE = "Target.NotInUse"
#: Tasks that die so soon after the grace period's end were never ready.
_SOON = timedelta(minutes=2)


@check(
    "ECS-L103",
    title="Grace period too short, or zone not served",
    severity=Severity.MEDIUM,
    remedy="Raise healthCheckGracePeriodSeconds over the time that a task needs to start; serve its zones.",
    explains=("ECS-L101", "ECS-S101", "ECS-S103", "ECS-S104", "ECS-T106"),
)
def grace_too_short(ecs: Snapshot) -> Iterator[Finding]:
    """Tasks are stopped for failing health checks as soon as the grace period ends, each time; or targets are in a zone
    that the load balancer does not serve.

    That every such task died within two minutes after the grace period's end, none of them ever healthy, is what a slow
    start looks like; a program that never answers looks the same, so it is inferred.
    """
    for group in ended(ecs, Ending.BALANCER):
        service = ecs.service_by_name.get(group.name)
        lived = [
            (task.stopping_at or task.stopped_at or ecs.taken_at) - task.started_at
            for task in group.tasks
            if task.started_at
        ]
        if service is None or service.running_count or len(lived) < 2:
            continue
        grace = timedelta(seconds=service.health_check_grace_period_seconds)
        if not all(grace <= span <= grace + _SOON for span in lived):
            continue
        seconds = int(max(lived).total_seconds())
        yield Finding(
            subject=group.subject,
            summary=f"Tasks of {group.name} are stopped {seconds} s after they start, before any is healthy: "
            f"the grace period is {grace.seconds} s.",
            evidence=(
                ecs.service_evidence(service, "healthCheckGracePeriodSeconds", grace.seconds),
                *(
                    ecs.task_evidence(task, "startedAt, stoppingAt", f"{task.started_at}, {task.ended}")
                    for task in group.tasks[-3:]
                ),
            ),
            confidence=Confidence.INFERRED,
            remedy=Remedy(text=f"Raise the grace period well over {seconds} s, or let the program start faster."),
            first_seen=group.tasks[0].ended,
            last_seen=group.last.ended,
            count=len(lived),
        )
    yield from _zones(ecs)


def _zones(ecs: Snapshot) -> Iterator[Finding]:
    for arn, targets in ecs.health.items():
        out = [
            item
            for item in targets
            if item.target_health.reason == _NOT_IN_USE and "zone" in item.target_health.description.lower()
        ]
        if out:
            subject = ecs.group_subject(arn)
            zones = ", ".join(sorted({item.target.availability_zone for item in out} - {""})) or "their zone"
            yield Finding(
                subject=subject,
                summary=f"{len(out)} of {len(targets)} targets of {subject.name} are in {zones}, "
                "where the load balancer does not serve.",
                evidence=tuple(
                    ecs.evidence(
                        f"elbv2 DescribeTargetHealth {subject.name} {item.target.id}", item.target_health.description
                    )
                    for item in out[:3]
                ),
                remedy=Remedy(
                    text="Switch that zone on at the load balancer (a subnet of it), or keep tasks out of it."
                ),
                last_seen=ecs.taken_at,
                count=len(out),
            )
