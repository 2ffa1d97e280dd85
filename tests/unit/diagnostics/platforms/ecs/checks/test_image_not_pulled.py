"""ECS-T101: an image of a task cannot be pulled."""

import pytest

from sickbay.diagnostics.platforms.ecs.checks.image_not_pulled import image_not_pulled
from sickbay.diagnostics.platforms.ecs.images import pull_fault
from sickbay.diagnostics.platforms.ecs.wire.balancing import EcrImage
from sickbay.diagnostics.pulls import PullFault
from tests.unit.diagnostics.platforms.ecs.clusters import arn, cluster, failing, found, one, report, service, stopped

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:3"


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (
            "CannotPullContainerError: API error (404): repository 1.dkr.ecr.eu-west-1.amazonaws.com/a/b not found",
            PullFault.NO_TAG,
        ),
        (
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
                "docker.io/shop/web:3: docker.io/shop/web:3: not found"
            ),
            PullFault.NO_TAG,
        ),
        (
            (
                "CannotPullContainerError: API error (500): Get https://1.dkr.ecr.us-east-1.amazonaws.com/v2/: "
                "net/http: "
                'request canceled while waiting for connection"'
            ),
            PullFault.UNREACHED,
        ),
        ("CannotPullContainerError: context canceled", PullFault.UNREACHED),
        (
            (
                "CannotPullContainerError: The task cannot pull shop/web:3 from the registry. There is a connection "
                "issue "
                "between the task and the registry."
            ),
            PullFault.UNREACHED,
        ),
        (
            "CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device",
            PullFault.NO_SPACE,
        ),
        (
            (
                "CannotPullContainerError: inspect image has been retried 5 time(s): httpReadSeeker: failed open: "
                "unexpected "
                "status code https://registry-1.docker.io/v2/library/x: 429 Too Many Requests - Server message: "
                "toomanyrequests: You have reached your pull rate limit"
            ),
            PullFault.RATE_LIMIT,
        ),
        (
            "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/amd64'",
            PullFault.PLATFORM,
        ),
        (
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref x: "
                "pulling "
                "from host x failed with status code [manifests 3]: 403 Forbidden"
            ),
            PullFault.DENIED,
        ),
        (
            (
                "CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::1:assumed-role/r/t is not "
                "authorized "
                "to perform: ecr:GetAuthorizationToken on resource: *"
            ),
            PullFault.DENIED,
        ),
    ],
)
def test_the_text_of_the_error_decides_the_class(error: str, fault: PullFault) -> None:
    """Given an error as ECS words it, then its class is known."""
    assert pull_fault(error) is fault


def test_it_is_the_first_finding_and_explains_the_shortage() -> None:
    """Given a service none of whose tasks can pull its image, then that is told first, and the shortage is folded."""
    error = "CannotPullContainerError: failed to resolve ref docker.io/shop/web:3: not found"
    tasks = [stopped("web", "TaskFailedToStart", error, app={"image": "shop/web:3"}, id=f"{nth}" * 32) for nth in "123"]

    told = report(cluster(failing(), tasks=tasks))

    assert told.findings[0].code == "ECS-T101"
    assert told.findings[0].summary == "3 tasks of web could not pull shop/web:3: the registry has no such tag."
    assert [item.code for item in told.causes] == ["ECS-T101"]


def test_ecr_tells_what_is_there_in_its_place() -> None:
    """Given an image that ECR does not have, where a lifecycle policy removes images, then both are told."""
    error = f"CannotPullContainerError: {ECR}: not found"
    known = EcrImage(image=ECR, found=False, expires=True, tags=("5", "4"))

    finding = one(
        image_not_pulled, cluster(failing(), tasks=[stopped("web", "", error, app={"image": ECR})], images=(known,))
    )

    assert "its latest tags are 5, 4; a lifecycle policy removes images there" in finding.summary
    assert finding.remedy is not None
    assert finding.remedy.command == "aws ecr describe-images --region eu-west-1 --repository-name shop/web"


def test_the_pull_is_a_question_for_its_registry() -> None:
    """Given an image that could not be pulled, then registries are asked about it for the right architecture."""
    failed = stopped(
        "web",
        "TaskFailedToStart",
        "CannotPullContainerError: toomanyrequests",
        app={"image": "shop/web:3"},
        attributes=[{"name": "ecs.cpu-architecture", "value": "arm64"}],
    )

    (pull,) = cluster(failing(), tasks=[failed]).pulls()

    assert (pull.image, pull.failed, pull.fault, pull.platform) == (
        "shop/web:3",
        True,
        PullFault.RATE_LIMIT,
        "linux/arm64",
    )
    assert str(pull.subject) == "service/web"


def test_what_a_task_set_deploys_counts() -> None:
    """Given a service that CodeDeploy deploys, whose new tasks cannot pull their image, then that is told."""
    sets = [{"status": "ACTIVE", "taskDefinition": arn("task-definition", "web:3")}]
    green = service(deployments=[], taskSets=sets, deploymentController={"type": "CODE_DEPLOY"})
    failed = stopped("web", "TaskFailedToStart", "CannotPullContainerError: not found", revision="web:3")

    assert len(found(image_not_pulled, cluster(green, tasks=[failed]))) == 1


def test_what_a_service_has_left_behind_does_not_count() -> None:
    """Given a service that is well on another definition than the failed one, then nothing is told."""
    old = stopped("web", "TaskFailedToStart", "CannotPullContainerError: not found", revision="web:1")

    assert found(image_not_pulled, cluster(service(), tasks=[old])) == []
