"""What lies behind a failed task is asked of ECR, CloudTrail and Service Quotas; what is not permitted is a gap."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.ecs.aws import Aws, error
from tests.integration.ecs.conftest import APP, Diagnose
from tests.integration.ecs.test_reading import exited, running

Edit = Callable[[dict[str, Any]], dict[str, Any]]
DENIED = (
    "CannotPullContainerError: pull access denied: User: arn:aws:sts::222222222222:assumed-role/web-execution/1f0c is "
    "not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/shop/web "
    "because no resource-based policy allows the ecr:BatchGetImage action"
)


NO_ACTIVITIES = (
    "<DescribeScalingActivitiesResponse><DescribeScalingActivitiesResult><Activities/>"
    "</DescribeScalingActivitiesResult></DescribeScalingActivitiesResponse>"
)


def unpulled(reason: str = "CannotPullContainerError: not found") -> Edit:
    """Let the first task have stopped for this reason."""

    def edit(told: dict[str, Any]) -> dict[str, Any]:
        exited(told)["tasks"][0]["containers"][0] |= {"reason": reason, "image": APP["image"]}
        return told

    return edit


@pytest.fixture
def repository(aws: Aws) -> Iterator[Any]:
    """Give ECR's client, with the repository of the service's image: it has another tag than the service wants."""
    media = "application/vnd.docker.distribution.manifest.v2+json"
    layers = json.dumps({"schemaVersion": 2, "mediaType": media, "config": {"digest": "sha256:1"}, "layers": []})
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName="shop/web")
    ecr.put_image(repositoryName="shop/web", imageManifest=layers, imageTag="5")
    yield ecr
    ecr.delete_repository(repositoryName="shop/web", force=True)


def expiring(ecr: Any) -> None:
    """Let the repository keep one image."""
    rule = {
        "rulePriority": 1,
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1},
        "action": {"type": "expire"},
    }
    ecr.put_lifecycle_policy(repositoryName="shop/web", lifecyclePolicyText=json.dumps({"rules": [rule]}))


def recorded(name: str, **told: Any) -> dict[str, Any]:
    """Give a call as CloudTrail recorded it two minutes ago."""
    return {
        "EventId": "1", "EventName": name, "EventTime": time.time() - 120, "Username": told.pop("by", ""),
        "CloudTrailEvent": json.dumps(told),
    }  # fmt: skip


def answering(*events: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Answer a look-up with those of the events that have the name or the user that is asked for."""

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        value = asked["LookupAttributes"][0]["AttributeValue"]
        return {"Events": [item for item in events if value in {item["EventName"], item["Username"]}]}

    return answer


def test_the_tags_that_are_there_and_the_rule_that_removes_are_told(
    aws: Aws, diagnose: Diagnose, repository: Any
) -> None:
    """Given a repository with other tags and a lifecycle policy, then both stand in the finding."""
    aws.edit("DescribeTasks", unpulled())
    expiring(repository)

    finding = diagnose().report.findings[0]

    assert finding.code == "ECS-T101"
    assert finding.summary.endswith(
        "its latest tags are 5; its lifecycle policy may have removed it: rule 1 keeps the last 1 images."
    )


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (
            recorded(
                "PolicyExecutionEvent",
                serviceEventDetails={
                    "repositoryName": "shop/web",
                    "lifecycleEventImageActions": [
                        {"lifecycleEventImage": {"digest": "sha256:2", "tagList": ["2"]}, "rulePriority": 1}
                    ],
                },
            ),
            "rule 1 of its lifecycle policy removed it at ",
        ),
        (
            recorded(
                "BatchDeleteImage",
                by="ada",
                requestParameters={"repositoryName": "shop/web", "imageIds": [{"imageTag": "2"}]},
            ),
            "ada removed it at ",
        ),
    ],
)
def test_who_removed_an_image_is_looked_up(
    aws: Aws, diagnose: Diagnose, repository: Any, event: dict[str, Any], says: str
) -> None:
    """Given CloudTrail's record of a policy or a person that removed the image, then that is told as the cause."""
    aws.edit("DescribeTasks", unpulled())
    expiring(repository)
    aws.answer_by("LookupEvents", answering(event))

    assert says in diagnose().report.findings[0].summary


def test_what_may_not_be_read_of_the_policy_is_a_gap(aws: Aws, diagnose: Diagnose, repository: Any) -> None:
    """Given a lifecycle policy and a trail that may not be read, then the tag is told all the same, and two gaps."""
    aws.edit("DescribeTasks", unpulled())
    for operation in ("GetLifecyclePolicy", "LookupEvents"):
        aws.answer(operation, error("AccessDeniedException"))

    report = diagnose().report

    assert report.findings[0].summary.endswith("the tag is not, its latest tags are 5.")
    gaps = {gap.what.partition(" (")[0] for gap in report.gaps}
    assert gaps == {"ecr GetLifecyclePolicy", "cloudtrail LookupEvents"}


@pytest.mark.parametrize("text", ["{", "[]", '{"rules": 7}'])
def test_a_policy_of_another_shape_costs_itself_alone(aws: Aws, diagnose: Diagnose, repository: Any, text: str) -> None:
    """Given a lifecycle policy that is no policy, then that is a gap, and the image's absence is told."""
    aws.edit("DescribeTasks", unpulled())
    aws.answer("GetLifecyclePolicy", {"lifecyclePolicyText": text})

    report = diagnose().report

    assert "the tag is not" in report.findings[0].summary
    assert "ecr GetLifecyclePolicy" in [gap.what for gap in report.gaps]


def test_a_repositorys_policy_that_refuses_is_the_cause(aws: Aws, diagnose: Diagnose, repository: Any) -> None:
    """Given a pull from another account that its policy does not allow, then that policy is named and to be changed."""
    aws.edit("DescribeTasks", unpulled(DENIED))
    statement = {
        "Sid": "one", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
        "Action": ["ecr:BatchGetImage"],
    }  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    repository.set_repository_policy(repositoryName="shop/web", policyText=policy)

    def elsewhere(told: dict[str, Any]) -> dict[str, Any]:
        told["taskDefinition"]["executionRoleArn"] = "arn:aws:iam::222222222222:role/web-execution"
        return told

    aws.edit("DescribeTaskDefinition", elsewhere)

    report = diagnose().report
    role, image = (next(item for item in report.findings if item.code == code) for code in ("ECS-R101", "ECS-T101"))

    assert report.findings[0] == role
    assert role.remedy.text.startswith("Allow ecr:BatchGetImage to web-execution in the policy of arn:aws:ecr:")
    assert image.summary.endswith("its policy does not let account 222222222222 pull.")
    assert "Allow arn:aws:iam::333333333333:root: ecr:BatchGetImage" in [item.value for item in image.evidence]


def test_what_a_tasks_role_was_denied_is_looked_up(aws: Aws, diagnose: Diagnose) -> None:
    """Given a program that exited without a log, then CloudTrail is asked for its task, and the denial is told."""
    aws.edit("DescribeTasks", exited)
    aws.answer("GetLogEvents", {"events": []})
    task = aws.client("ecs").list_tasks(cluster="prod")["taskArns"][0].rpartition("/")[2]
    call = recorded(
        "GetParameter", by=task, eventSource="ssm.amazonaws.com", errorCode="AccessDenied",
        errorMessage=f"User: arn:aws:sts::123456789012:assumed-role/web-task/{task} is not authorized to perform: "
        "ssm:GetParameter on resource: arn:p because no identity-based policy allows the ssm:GetParameter action",
        userIdentity={"sessionContext": {"sessionIssuer": {"userName": "web-task"}}},
    )  # fmt: skip
    well = recorded("GetParameter", by=task, eventSource="ssm.amazonaws.com")
    aws.answer_by("LookupEvents", answering(call, well))

    def with_role(told: dict[str, Any]) -> dict[str, Any]:
        told["taskDefinition"]["taskRoleArn"] = "arn:aws:iam::123456789012:role/web-task"
        return told

    aws.edit("DescribeTaskDefinition", with_role)

    finding = diagnose().report.findings[0]

    assert finding.code == "ECS-R101"
    assert finding.summary == "The role web-task may not ssm:GetParameter on arn:p, and tasks of web end."
    assert finding.count == 1


@pytest.mark.parametrize("record", [None, "{", "[]", '{"errorCode": 7}'])
def test_a_record_of_another_shape_denies_nothing(aws: Aws, diagnose: Diagnose, record: str | None) -> None:
    """Given an event that CloudTrail gives in another shape, then the exit is told, and no denial."""
    aws.edit("DescribeTasks", exited)
    aws.answer("GetLogEvents", {"events": []})
    event = recorded("GetParameter") | {"CloudTrailEvent": record}
    aws.answer("LookupEvents", {"Events": [event]})

    codes = [item.code for item in diagnose().report.findings]

    assert "ECS-T104" in codes
    assert "ECS-R101" not in codes


def test_where_cloudtrail_may_not_be_read_that_is_a_gap(aws: Aws, diagnose: Diagnose) -> None:
    """Given a program that exited without a log and no right to look calls up, then that is a gap beside its exit."""
    aws.edit("DescribeTasks", exited)
    aws.answer("GetLogEvents", {"events": []})
    aws.answer("LookupEvents", error("AccessDeniedException", "not authorized to perform: cloudtrail:LookupEvents"))

    report = diagnose().report

    assert "ECS-T104" in [item.code for item in report.findings]
    assert [gap.reason for gap in report.gaps if gap.what.startswith("cloudtrail LookupEvents")] == [
        "AccessDeniedException: not authorized to perform: cloudtrail:LookupEvents"
    ]


def test_a_program_that_said_why_it_ended_costs_no_look_up(aws: Aws, diagnose: Diagnose) -> None:
    """Given a program whose log tells of something else than a denial, then CloudTrail is not asked for its role."""
    aws.edit("DescribeTasks", exited)
    asked = list[str]()
    aws.answer("GetLogEvents", {"events": [{"timestamp": 1, "message": "FATAL: no route", "ingestionTime": 1}]})

    def looked_up(told: dict[str, Any]) -> dict[str, Any]:
        asked.append(told["LookupAttributes"][0]["AttributeKey"])
        return {"Events": []}

    aws.answer_by("LookupEvents", looked_up)

    diagnose()

    assert "Username" not in asked


def test_the_quota_that_is_reached_is_read(aws: Aws, diagnose: Diagnose) -> None:
    """Given a service that a quota holds up, then Fargate's are read; for one that is well they are not."""
    reason = "You’ve reached the limit on the number of vCPUs you can run concurrently."

    def held_up(told: dict[str, Any]) -> dict[str, Any]:
        said = {
            "id": "1",
            "createdAt": time.time() - 60,
            "message": f"(service web) was unable to place a task. {reason}",
        }
        told["services"][0] |= {"runningCount": 1, "events": [said]}
        return told

    name = "Fargate On-Demand vCPU resource count"
    quota = {"ServiceCode": "fargate", "QuotaCode": "L-3032A538", "QuotaName": name, "Value": 6.0}
    aws.answer("ListServiceQuotas", {"Quotas": [quota]})
    aws.edit("DescribeServices", lambda told: held_up(running(told)))

    finding = diagnose("web").report.findings[0]
    called = aws.called.count("ListServiceQuotas")
    aws.edit("DescribeServices", running)
    diagnose()

    assert finding.summary == f"web is held up: a quota of the account is reached ({name} is 6)."
    assert called == aws.called.count("ListServiceQuotas") == 1


def test_an_auto_scaling_group_at_its_maximum_is_read(aws: Aws, diagnose: Diagnose) -> None:
    """Given a service that waits for a capacity provider, then its group is described, and its maximum is the cause."""
    name = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0a1b:autoScalingGroupName/shop"

    def provided(told: dict[str, Any]) -> dict[str, Any]:
        told["clusters"][0]["capacityProviders"] = ["ec2", "FARGATE"]
        return told

    def waiting(told: dict[str, Any]) -> dict[str, Any]:
        running(told)["services"][0] |= {"runningCount": 0, "capacityProviderStrategy": [{"capacityProvider": "ec2"}]}
        del told["services"][0]["launchType"]
        return told

    aws.edit("DescribeClusters", provided)
    aws.edit("DescribeServices", waiting)
    provider = {"name": "ec2", "status": "ACTIVE", "autoScalingGroupProvider": {"autoScalingGroupArn": name}}
    aws.answer("DescribeCapacityProviders", {"capacityProviders": [provider]})
    group = "<AutoScalingGroupName>shop</AutoScalingGroupName><MaxSize>2</MaxSize><DesiredCapacity>2</DesiredCapacity>"
    aws.answer(
        "DescribeAutoScalingGroups",
        "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups><member>"
        f"{group}</member></AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>",
    )
    aws.answer_by("DescribeScalingActivities", lambda asked: {"ScalingActivities": []} if asked else NO_ACTIVITIES)

    finding = next(item for item in diagnose("web").report.findings if item.code == "ECS-S107")

    assert finding.summary == (
        "Capacity provider ec2 gives web no instance: its group shop stands at its maximum of 2 instances."
    )
