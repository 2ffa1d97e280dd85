"""ECS-T102: a task's resources could not be set up before its containers started."""

import pytest

from sickbay.diagnostics.platforms.ecs.checks.initialization_failed import initialization_failed
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, failing, found, one, report, stopped

PULLING = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (
            PULLING
            + "unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send "
            'request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o '
            "timeout",
            "failed (its login to ECR): AWS's services are not reached from its subnet",
        ),
        (
            PULLING + "unable to retrieve secret from asm: service call has been retried 1 time(s): "
            "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
            "failed (a secret): a secret or parameter that it names is not there",
        ),
        (
            PULLING
            + "unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key pw",
            "a secret does not hold the key that the definition names",
        ),
        (
            (
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
                "failed to "
                "create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist."
            ),
            "failed (its log): its log group is not there.",
        ),
        (
            (
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
                "failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post "
                '"https://logs.eu-west-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout'
            ),
            "failed (its log): AWS's services are not reached from its subnet",
        ),
        (
            "ResourceInitializationError: failed to initialize logging driver: no such option",
            "failed (its log): its log cannot be written",
        ),
        (
            PULLING + "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch "
            "secret from secrets manager: InvalidParameter: 1 validation error(s) found. - minimum field size of 32, "
            "GetSecretValueInput.VersionId.",
            "failed (a secret): a secret or parameter is not named as it must be",
        ),
        (
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: pull command failed: : "
                "signal: killed"
            ),
            "AWS's services are not reached from its subnet",
        ),
        (
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull secrets "
                "from AWS "
                "Secrets Manager. There is a connection issue between the task and AWS Secrets Manager. Check your "
                "task "
                "network configuration."
            ),
            "failed (a secret): AWS's services are not reached from its subnet",
        ),
        (
            PULLING + "unable to retrieve secrets from ssm: invalid ssm parameters: /shop/db",
            "failed (a parameter): a secret or parameter that it names is not there",
        ),
        (
            "Timeout waiting for EBS volume attachment to complete.",
            "its volume could not be attached",
        ),
        (
            (
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "
                "mount.nfs4: "
                "Connection timed out"
            ),
            "its EFS file system could not be mounted",
        ),
        (
            "ResourceInitializationError: failed to download env files: file download command: non empty error stream",
            "its environment files could not be had from S3",
        ),
        (
            (
                "unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled "
                "in subnet "
                "'subnet-1': InsufficientFreeAddressesInSubnet"
            ),
            "its subnet has no free addresses",
        ),
        (
            "Timeout waiting for network interface provisioning to complete.",
            "its network interface could not be set up",
        ),
        (
            PULLING + "unable to retrieve secrets from ssm: lookup ssm.eu-west-1.amazonaws.com: no such host",
            "a name could not be resolved",
        ),
    ],
)
def test_the_text_of_the_error_decides_the_class(reason: str, says: str) -> None:
    """Given a reason as ECS words it, then the finding names what is missing and is the first of the report."""
    snapshot = cluster(failing(), tasks=[stopped("web", "TaskFailedToStart", reason)])

    assert says in one(initialization_failed, snapshot).summary
    assert report(snapshot).findings[0].code == "ECS-T102"


def test_a_task_that_ended_otherwise_is_left_alone() -> None:
    """Given a task whose container exited, then nothing of setting up is said."""
    ended = stopped("web", "EssentialContainerExited", "Essential container in task exited", app={"exitCode": 1})

    assert found(initialization_failed, cluster(failing(), tasks=[ended])) == []
