"""A task does not get to run."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot, grouped
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task

_LONG = timedelta(minutes=5)


@check(
    "ECS-T110",
    title="Task is pending for long",
    severity=Severity.MEDIUM,
    remedy="Find the stage it waits in: the network interface, the image, the containers it depends on.",
    explains=("ECS-S101", "ECS-S104"),
)
def task_pending(ecs: Snapshot) -> Iterator[Finding]:
    """A task has been PROVISIONING, PENDING or ACTIVATING for more than five minutes.

    Its times tell the stage: no network interface yet, the pull not begun or not ended, or containers that wait for
    others by dependsOn. An agent that is disconnected begins nothing.
    """
    waiting = (
        (ecs.subject_of(task), task)
        for task in ecs.tasks
        if not task.stopped
        and task.last_status in {"PROVISIONING", "PENDING", "ACTIVATING"}
        and task.created_at
        and ecs.taken_at - task.created_at > _LONG
    )
    for subject, tasks in grouped(waiting).items():
        task = tasks[0]
        stage, cure = _stage(ecs, task)
        minutes = int((ecs.taken_at - (task.created_at or ecs.taken_at)) / timedelta(minutes=1))
        many = f"{len(tasks)} tasks of {subject.name} are" if len(tasks) > 1 else f"A task of {subject.name} is"
        yield Finding(
            subject=subject,
            summary=f"{many} {task.last_status} for {minutes} min: {stage}.",
            evidence=(
                ecs.task_evidence(task, "lastStatus", f"{task.last_status}, created {task.created_at:%H:%M:%S} UTC"),
                ecs.task_evidence(
                    task, "pullStartedAt, pullStoppedAt", f"{task.pull_started_at}, {task.pull_stopped_at}"
                ),
                *(ecs.task_evidence(task, f"attachments[{item.type}]", item.status) for item in task.attachments),
            ),
            confidence=Confidence.INFERRED,
            remedy=Remedy(text=cure),
            first_seen=task.created_at,
            last_seen=ecs.taken_at,
            count=len(tasks),
        )


def _stage(ecs: Snapshot, task: Task) -> tuple[str, str]:
    machine = ecs.instance_by_arn.get(task.container_instance_arn)
    if machine and not machine.agent_connected:
        return (
            f"the agent of its instance {machine.name} is disconnected",
            "Restart that agent, or replace the instance.",
        )
    interface = next((item for item in task.attachments if item.type == "ElasticNetworkInterface"), None)
    if interface and interface.status not in {"ATTACHED", "DELETED"}:
        text = "Check the free addresses of the subnets and the quota for network interfaces."
        return f"its network interface is {interface.status}", text
    if task.pull_started_at and not task.pull_stopped_at:
        return (
            "its images are still being pulled",
            "A large image or a slow way to the registry: make it smaller, or nearer.",
        )
    if not task.pull_started_at:
        if task.last_status == "PROVISIONING":
            return "it waits for capacity", "Look at the capacity provider: whether its group can still grow."
        return "pulling its images has not begun", "Look at the agent of its instance, and at what it does meanwhile."
    return _depends(ecs, task)


def _depends(ecs: Snapshot, task: Task) -> tuple[str, str]:
    definition = ecs.definition_of(task)
    state = {item.name: item.last_status for item in task.containers}
    for item in definition.container_definitions if definition else ():
        for wanted in item.depends_on:
            if state.get(item.name) in {"PENDING", "CREATED"}:
                return (
                    f"{item.name} waits for {wanted.container_name} to be {wanted.condition}",
                    f"Look why {wanted.container_name} does not get there, or loosen dependsOn.",
                )
    return "its images are there, its containers do not run yet", "Look at the containers' logs and at the instance."
