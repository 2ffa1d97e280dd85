"""ECS-T101: an image of a task cannot be pulled."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Finding
from sickbay.diagnostics.platforms.ecs.checks.image_not_pulled import image_not_pulled
from sickbay.diagnostics.platforms.ecs.images import pull_fault
from sickbay.diagnostics.platforms.ecs.wire.registry import (
    EcrImage,
    LifecycleRule,
    LifecycleSelection,
    PolicyStatement,
    Removal,
)
from sickbay.diagnostics.pulls import PullFault
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    arn,
    cluster,
    definition,
    failing,
    found,
    one,
    report,
    service,
    stopped,
)

KEEPS = LifecycleSelection(tag_status="any", count_type="imageCountMoreThan", count_number=2)
KEEPS_TWO = (LifecycleRule(rule_priority=1, selection=KEEPS),)
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
        (
            (
                "CannotPullContainerError: The task can’t pull the image. Check that the role has the permissions to "
                "pull "
                "images from the registry."
            ),
            PullFault.DENIED,
        ),
        (
            "CannotPullContainerError: The task can't pull the image. Check whether the image exists.",
            PullFault.NO_TAG,
        ),
        (
            (
                "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReaderSeeker: "
                "failed open: "
                "unexpected status code"
            ),
            PullFault.DENIED,
        ),
        (
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to parse platform: "
                "unknown "
                "operating system or architecture"
            ),
            PullFault.PLATFORM,
        ),
        (
            (
                "CannotPullImageManifestError: Error response from daemon: manifest for shop/web:3 not found: manifest "
                "unknown"
            ),
            PullFault.NO_TAG,
        ),
        (
            (
                "CannotPullContainerError: Error response from daemon: pull access denied for shop/web, repository "
                "does not "
                "exist or may require 'docker login'"
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
    """Given an image that ECR does not have, where a lifecycle rule fits its tag, then both are told."""
    error = f"CannotPullContainerError: {ECR}: not found"
    known = EcrImage(image=ECR, found=False, rules=KEEPS_TWO, tags=("5", "4"))

    finding = one(
        image_not_pulled, cluster(failing(), tasks=[stopped("web", "", error, app={"image": ECR})], images=(known,))
    )

    assert finding.summary.endswith(
        "its latest tags are 5, 4; its lifecycle policy may have removed it: rule 1 keeps the last 2 images."
    )
    assert finding.remedy is not None
    assert finding.remedy.command == "aws ecr describe-images --region eu-west-1 --repository-name shop/web"


def absent(**known: Any) -> Finding:
    """Judge a service whose image is not in its repository."""
    failed = stopped("web", "", f"CannotPullContainerError: {ECR}: not found", app={"image": ECR})
    image = EcrImage(image=ECR, found=False, **known)
    return one(image_not_pulled, cluster(failing(), tasks=[failed], images=(image,)))


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        (
            {"tag_status": "tagged", "tag_prefix_list": ("3",), "count_type": "imageCountMoreThan", "count_number": 9},
            "rule 1 keeps the last 9 images of 3.",
        ),
        (
            {"tag_status": "tagged", "tag_pattern_list": ("*",), "count_type": "sinceImagePushed", "count_number": 14},
            "rule 1 removes images of * after 14 days.",
        ),
    ],
)
def test_the_rule_that_the_tag_falls_under_is_told(selection: dict[str, Any], says: str) -> None:
    """Given a lifecycle rule by prefix or pattern that fits the tag, then that rule stands in the finding."""
    rule = LifecycleRule(rule_priority=1, selection=LifecycleSelection(**selection))

    assert absent(rules=(rule,)).summary.endswith(f"its lifecycle policy may have removed it: {says}")


@pytest.mark.parametrize(
    "selection", [{"tag_status": "untagged"}, {"tag_status": "tagged", "tag_prefix_list": ("rc",)}]
)
def test_a_rule_for_other_images_is_not_blamed(selection: dict[str, Any]) -> None:
    """Given a lifecycle policy of which no rule is about this tag, then nothing is said of it."""
    rule = LifecycleRule(rule_priority=1, selection=LifecycleSelection(**selection))

    assert "lifecycle" not in absent(rules=(rule,)).summary


@pytest.mark.parametrize(
    ("removed", "cure"),
    [
        (
            Removal(by="rule 1 of its lifecycle policy", of_policy=True, at=ago(days=2)),
            "Push the image again, and let the lifecycle policy keep what is deployed.",
        ),
        (Removal(by="ada", at=ago(days=2)), "Push the image again, and ask ada whether it was meant to go."),
    ],
)
def test_who_removed_the_image_is_told(removed: Removal, cure: str) -> None:
    """Given CloudTrail's record of the removal, then who or what did it and when is told, and what to do about that."""
    finding = absent(rules=KEEPS_TWO, removed=removed)

    assert finding.summary.endswith(f"; {removed.by} removed it at 2026-11-21 12:00 UTC.")
    assert "cloudtrail LookupEvents" in [item.source for item in finding.evidence]
    assert finding.remedy is not None
    assert finding.remedy.text == cure


DENIED = (
    "CannotPullContainerError: pull access denied: User: arn:aws:sts::{account}:assumed-role/web-execution/1f0c is not "
    "authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/shop/web "
    "because no resource-based policy allows the ecr:BatchGetImage action"
)
EVERYBODY_NOT = PolicyStatement(effect="Deny", principals=("*",), actions=("ecr:*",))
ANOTHER = PolicyStatement(
    effect="Allow", principals=("arn:aws:iam::333333333333:root",), actions=("ecr:BatchGetImage",)
)
OURS = PolicyStatement(effect="Allow", principals=("arn:aws:iam::222222222222:root",), actions=("ecr:BatchGet*",))


@pytest.mark.parametrize(
    ("account", "policy", "says"),
    [
        ("123456789012", (EVERYBODY_NOT,), "the repository's policy denies it."),
        ("222222222222", (ANOTHER,), "its policy does not let account 222222222222 pull."),
        ("222222222222", (), "its policy does not let account 222222222222 pull."),
        ("222222222222", (OURS,), "the registry denies it."),
        ("123456789012", (), "the registry denies it."),
    ],
)
def test_the_policy_of_the_repository_is_looked_at(
    account: str, policy: tuple[PolicyStatement, ...], says: str
) -> None:
    """Given a pull that was denied, then a policy that denies it, or does not allow it to another account, is told."""
    failed = stopped("web", "", DENIED.format(account=account), app={"image": ECR})
    known = EcrImage(image=ECR, found=True, policy=policy)
    role = definition(executionRoleArn=f"arn:aws:iam::{account}:role/web-execution")

    finding = one(image_not_pulled, cluster(failing(), tasks=[failed], images=(known,), definitions=[role]))

    assert finding.summary.endswith(says)


def test_a_login_that_has_expired_is_told_apart() -> None:
    """Given a stored login that is older than its twelve hours, then that is told, with what to do about it."""
    error = "CannotPullContainerError: denied: Your authorization token has expired. Reauthenticate and try again."

    finding = one(image_not_pulled, cluster(failing(), tasks=[stopped("web", "", error, app={"image": ECR})]))

    assert finding.summary.endswith("its stored login to the registry has expired.")
    assert finding.remedy is not None
    assert finding.remedy.text.startswith("Fetch the login anew")


@pytest.mark.parametrize(
    "error",
    [
        "CannotPullContainerError: failed to register layer: Error processing tar file(exit status 1)",
        "CannotPullContainerError: pull command failed: panic: runtime error: index out of range [8] with length 0",
    ],
)
def test_layers_that_cannot_be_unpacked_are_told(error: str) -> None:
    """Given an image that came and could not be unpacked, then that is told, and no registry is blamed."""
    finding = one(image_not_pulled, cluster(failing(), tasks=[stopped("web", "", error, app={"image": ECR})]))

    assert finding.summary.endswith("its layers cannot be unpacked.")
    assert finding.remedy is not None


def test_an_image_that_was_pushed_since_is_not_called_missing() -> None:
    """Given an image that could not be found and that ECR has now, then both are told."""
    failed = stopped("web", "", f"CannotPullContainerError: {ECR}: not found", app={"image": ECR})
    known = EcrImage(image=ECR, found=True)

    finding = one(image_not_pulled, cluster(failing(), tasks=[failed], images=(known,)))

    assert finding.summary.endswith("the registry had no such tag then, and has it now.")


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
