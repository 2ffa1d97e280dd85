"""A task's execution role may not do what starting the task takes."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.denials import Denial, denial_of
from sickbay.diagnostics.platforms.ecs.endings import reason_evidence
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot, grouped
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task


@check(
    "ECS-R101",
    title="Role is denied an action",
    severity=Severity.HIGH,
    remedy="Add the action to the role's policy, for the resource that the message names.",
    explains=("ECS-S101", "ECS-S103", "ECS-S104", "ECS-T101", "ECS-T102", "ECS-T105"),
)
def role_denied(ecs: Snapshot) -> Iterator[Finding]:
    """The reason of a stopped task says that a role is not authorized to perform an action, or cannot be assumed.

    As a rule it is the execution role: it pulls the image, reads the secrets and writes the log, before the program
    starts. A policy of the resource itself (of a key, a secret, a repository) or an endpoint's can deny as well.
    """
    denied = (
        ((ecs.subject_of(task), denial), task)
        for task in ecs.failed
        if (denial := denial_of("\n".join(task.reasons))) is not None
    )
    for (subject, denial), tasks in grouped(denied).items():
        task = tasks[-1]
        yield Finding(
            subject=subject,
            summary=f"{_says(denial)}, so tasks of {subject.name} do not start.",
            evidence=(reason_evidence(ecs, task), *_role_evidence(ecs, task)),
            remedy=_remedy(denial),
            first_seen=tasks[0].ended,
            last_seen=task.ended,
            count=len(tasks),
        )


def _says(denial: Denial) -> str:
    if not denial.action:
        return f"ECS cannot assume the role {denial.role}"
    where = f" on {denial.resource}" if denial.resource and denial.resource != "*" else ""
    return f"The role {denial.role} may not {denial.action}{where}"


def _remedy(denial: Denial) -> Remedy:
    if not denial.action:
        return Remedy(text="Let the role exist and trust ecs-tasks.amazonaws.com.")
    text = f"Allow {denial.action} in the policy of {denial.role}; no policy of the resource or endpoint may deny it."
    return Remedy(text=text, command=f"aws iam list-attached-role-policies --role-name {denial.role}")


def _role_evidence(ecs: Snapshot, task: Task) -> tuple[Evidence, ...]:
    definition = ecs.definition_of(task)
    if definition is None:
        return ()
    return (ecs.definition_evidence(definition, "executionRoleArn", definition.execution_role_arn or "none"),)
