"""A task's execution role may not do what starting the task takes."""

import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.ecs.denials import Denial, denial_of
from sickbay.diagnostics.platforms.ecs.endings import reason_evidence
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot, grouped
from sickbay.diagnostics.platforms.ecs.wire.account import DeniedCall
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task


@check(
    "ECS-R101",
    title="Role is denied an action",
    severity=Severity.HIGH,
    remedy="Add the action to the role's policy, for the resource that the message names.",
    explains=("ECS-S101", "ECS-S103", "ECS-S104", "ECS-T101", "ECS-T102", "ECS-T104", "ECS-T105"),
)
def role_denied(ecs: Snapshot) -> Iterator[Finding]:
    """The reason of a stopped task says that a role is not authorized to perform an action, or cannot be assumed; or
    CloudTrail has a call of one of the task's roles that was denied.

    As a rule it is the execution role: it pulls the image, reads the secrets and writes the log, before the program
    starts. A policy of the resource itself (of a key, a secret, a repository) or an endpoint's can deny as well. What
    CloudTrail alone tells was denied to the program, which may have ended of something else, so that is inferred. Its
    records come minutes late, and have no reads of data such as objects of S3.
    """
    denied = [((ecs.subject_of(task), denial), task) for task in ecs.failed if (denial := _told(task)) is not None]
    recorded = list(_recorded(ecs))
    for (subject, denial), tasks in grouped(denied).items():
        task = tasks[-1]
        yield Finding(
            subject=subject,
            summary=f"{_says(denial)}, so tasks of {subject.name} do not start.",
            evidence=(
                reason_evidence(ecs, task),
                *(_record(ecs, call) for of, call in recorded if of == subject and call.role == denial.role),
                *_role_evidence(ecs, task),
            ),
            remedy=_remedy(denial),
            first_seen=tasks[0].ended,
            last_seen=task.ended,
            count=len(tasks),
        )
    known = {(subject, denial.role) for (subject, denial), _ in denied}
    alone = ((subject, call) for subject, call in recorded if (subject, call.role) not in known)
    for subject, calls in grouped(alone).items():
        last = max(calls, key=lambda item: item.at)
        denial = denial_of(last.message) or Denial(role=last.role, action=last.action)
        yield Finding(
            subject=subject,
            summary=f"{_says(denial)}, and tasks of {subject.name} end.",
            evidence=tuple(_record(ecs, call) for call in calls[:3]),
            confidence=Confidence.INFERRED,
            remedy=_remedy(denial),
            first_seen=min(item.at for item in calls),
            last_seen=last.at,
            count=len(calls),
        )


def _told(task: Task) -> Denial | None:
    return denial_of("\n".join(task.reasons))


def _recorded(ecs: Snapshot) -> Iterator[tuple[Subject, DeniedCall]]:
    """Yield the denied calls of the roles of tasks that failed, each with whom the task belongs to."""
    subjects = {task.id: ecs.subject_of(task) for task in ecs.failed}
    yield from ((subjects[call.task_id], call) for call in ecs.denied if call.task_id in subjects)


def _record(ecs: Snapshot, call: DeniedCall) -> Evidence:
    return ecs.evidence(f"cloudtrail LookupEvents {call.action}", call.message or "AccessDenied", call.at)


def _says(denial: Denial) -> str:
    if not denial.action:
        return f"ECS cannot assume the role {denial.role}"
    where = f" on {denial.resource}" if denial.resource and denial.resource != "*" else ""
    return f"The role {denial.role} may not {denial.action}{where}"


def _remedy(denial: Denial) -> Remedy:
    if not denial.action:
        return Remedy(text="Let the role exist and trust ecs-tasks.amazonaws.com.")
    if denial.policy == "resource-based policy":
        return Remedy(
            text=f"Allow {denial.action} to {denial.role} in the policy of {denial.resource or 'the resource'}."
        )
    if denial.policy and denial.policy != "identity-based policy":
        return Remedy(text=f"Let the {denial.policy} that stands over {denial.role} allow {denial.action}.")
    text = f"Allow {denial.action} in the policy of {denial.role}; no policy of the resource or endpoint may deny it."
    return Remedy(text=text, command=f"aws iam list-attached-role-policies --role-name {shlex.quote(denial.role)}")


def _role_evidence(ecs: Snapshot, task: Task) -> tuple[Evidence, ...]:
    definition = ecs.definition_of(task)
    if definition is None:
        return ()
    return (ecs.definition_evidence(definition, "executionRoleArn", definition.execution_role_arn or "none"),)
