"""A container's own health check fails."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ended, Ending, ended, reason_evidence
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot, grouped
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task

_UNHEALTHY = "UNHEALTHY"


@check(
    "ECS-T107",
    title="Container's health check fails",
    severity=Severity.HIGH,
    remedy="Run the health check's command in the container; give a slow start a startPeriod.",
    explains=("ECS-L101", "ECS-L102", "ECS-S101", "ECS-S103", "ECS-S104"),
)
def container_unhealthy(ecs: Snapshot) -> Iterator[Finding]:
    """A running task is UNHEALTHY by the health check of its definition, or tasks were stopped for that.

    The check runs inside the container, so its command must be in the image: curl often is not.
    """
    stopped = {group.subject: group.tasks for group in ended(ecs, Ending.CONTAINER_HEALTH)}
    running = grouped(
        (ecs.subject_of(task), task) for task in ecs.tasks if not task.stopped and task.health_status == _UNHEALTHY
    )
    for subject in {**stopped, **running}:
        now, before = running.get(subject, ()), stopped.get(subject, ())
        group = Ended(subject=subject, tasks=(*before, *now))
        name = next((item.name for item in group.last.containers if item.health_status == _UNHEALTHY), "")
        whose = f" of {name}" if name else ""
        log = next((item for item in group.last.containers if item.name == name), None)
        many = len(group.tasks) > 1
        state = f"{'fail' if many else 'fails'}" if now else f"{group.have} stopped for failing"
        yield Finding(
            subject=subject,
            summary=f"{group.times} {state} the health check{whose}.",
            evidence=(
                *(reason_evidence(ecs, task) for task in before[-3:]),
                *(ecs.task_evidence(task, "healthStatus", task.health_status) for task in now[:3]),
                *(ecs.log_evidence(group.last, log) if log else ()),
            ),
            remedy=_remedy(ecs, group.last, name),
            first_seen=before[0].ended if before else None,
            last_seen=ecs.taken_at if now else group.last.ended,
            count=len(group.tasks),
        )


def _remedy(ecs: Snapshot, task: Task, name: str) -> Remedy | None:
    definition = ecs.definition_of(task)
    known = definition.container_definitions if definition else ()
    probe = next((item.health_check for item in known if item.health_check and name in {"", item.name}), None)
    if probe is None:
        return None
    return Remedy(
        text=f"Mend what the health check asks, or the check: {probe.retries} failures, one every {probe.interval} s "
        f"with {probe.timeout} s each, after a startPeriod of {probe.start_period} s, end the task."
    )
