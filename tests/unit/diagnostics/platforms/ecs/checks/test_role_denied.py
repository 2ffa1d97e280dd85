"""ECS-R101: a task's role may not do what starting the task takes."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.ecs.checks.role_denied import role_denied
from sickbay.diagnostics.platforms.ecs.wire.account import DeniedCall
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task
from tests.unit.diagnostics.platforms.ecs.clusters import ago, cluster, failing, found, one, report, stopped

DENIED = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable "
    "to "
    "retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret "
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf from secrets manager: AccessDeniedException: User: "
    "arn:aws:sts::123456789012:assumed-role/web-execution/1f0c is not authorized to perform: "
    "secretsmanager:GetSecretValue "
    "on resource: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf because no identity-based policy "
    "allows it"
)


def test_role_action_and_resource_are_the_cause() -> None:
    """Given a denial in the reason, then it is first, with who may not do what, and the failed setting-up is folded."""
    judged = report(cluster(failing(), tasks=[stopped("web", "TaskFailedToStart", DENIED)]))

    assert [item.code for item in judged.causes] == ["ECS-R101"]
    assert judged.findings[0].summary == (
        "The role web-execution may not secretsmanager:GetSecretValue on "
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf, so tasks of web do not start."
    )
    assert judged.findings[0].remedy.text.startswith(
        "Allow secretsmanager:GetSecretValue in the policy of web-execution"
    )


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (
            "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/gone' that was provided for this task.",
            "ECS cannot assume the role gone",
        ),
        (
            (
                "CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::1:assumed-role/ex/t is not "
                "authorized "
                "to perform: ecr:GetAuthorizationToken on resource: *"
            ),
            "The role ex may not ecr:GetAuthorizationToken, so",
        ),
    ],
)
def test_other_wordings_are_known(reason: str, says: str) -> None:
    """Given a role that cannot be assumed, or an action without a resource, then that is what is told."""
    assert says in one(role_denied, cluster(failing(), tasks=[stopped("web", "TaskFailedToStart", reason)])).summary


def test_another_reason_denies_nothing() -> None:
    """Given a reason without a denial, then nothing is said."""
    assert found(role_denied, cluster(failing(), tasks=[stopped("web", "TaskFailedToStart", "no space left")])) == []


@pytest.mark.parametrize(
    ("because", "remedy"),
    [
        ("no resource-based policy allows the s3:GetObject action", "Allow s3:GetObject to ex in the policy of arn:b."),
        (
            "no VPC endpoint policy allows the s3:GetObject action",
            "Let the VPC endpoint policy that stands over ex",
        ),
        ("no permissions boundary allows the s3:GetObject action", "Let the permissions boundary that stands over ex"),
        ("no identity-based policy allows the s3:GetObject action", "Allow s3:GetObject in the policy of ex;"),
    ],
)
def test_the_policy_that_denies_is_the_one_to_change(because: str, remedy: str) -> None:
    """Given AWS's word on which policy denies, then the remedy is about that policy."""
    reason = "User: arn:aws:sts::1:assumed-role/ex/t is not authorized to perform: s3:GetObject on resource: arn:b "
    finding = one(
        role_denied, cluster(failing(), tasks=[stopped("web", "TaskFailedToStart", f"{reason}because {because}")])
    )

    assert finding.remedy is not None
    assert finding.remedy.text.startswith(remedy)


def call(task: Task, **differs: Any) -> DeniedCall:
    """Give a call of the task's role that CloudTrail has as denied."""
    message = "User: arn:aws:sts::123456789012:assumed-role/web-task/1f0c is not authorized to perform: "
    told = {
        "role": "web-task",
        "action": "ssm:GetParameter",
        "message": f"{message}ssm:GetParameter on resource: arn:p because no identity-based policy allows it",
        "at": ago(minutes=3),
        **differs,
    }
    return DeniedCall(task_id=task.id, **told)


def test_what_a_program_was_denied_is_inferred_to_end_it() -> None:
    """Given a program that exited and a denied call of its role in CloudTrail, then that is first, as inferred."""
    ended = stopped("web", "EssentialContainerExited", "Essential container in task exited", app={"exitCode": 1})
    snapshot = cluster(failing(), tasks=[ended], denied=(call(ended),))

    finding = report(snapshot).findings[0]

    assert (finding.code, finding.confidence) == ("ECS-R101", Confidence.INFERRED)
    assert finding.summary == "The role web-task may not ssm:GetParameter on arn:p, and tasks of web end."
    assert finding.evidence[0].source == "cloudtrail LookupEvents ssm:GetParameter"


def test_a_record_without_a_message_tells_role_and_action() -> None:
    """Given a denied call of which CloudTrail keeps no message, then its role and action are told."""
    ended = stopped("web", "EssentialContainerExited", app={"exitCode": 1})

    finding = one(role_denied, cluster(failing(), tasks=[ended], denied=(call(ended, message=""),)))

    assert finding.summary.startswith("The role web-task may not ssm:GetParameter, and")


def test_cloudtrails_record_stands_beside_the_reason() -> None:
    """Given a denial that the reason of the task tells, then CloudTrail's record of it is evidence, no second."""
    ended = stopped("web", "TaskFailedToStart", DENIED)

    finding = one(role_denied, cluster(failing(), tasks=[ended], denied=(call(ended, role="web-execution"),)))

    assert finding.confidence is Confidence.OBSERVED
    assert "cloudtrail LookupEvents ssm:GetParameter" in [item.source for item in finding.evidence]
