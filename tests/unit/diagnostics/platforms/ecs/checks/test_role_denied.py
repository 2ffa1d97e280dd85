"""ECS-R101: a task's role may not do what starting the task takes."""

import pytest

from sickbay.diagnostics.platforms.ecs.checks.role_denied import role_denied
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, failing, found, one, report, stopped

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
