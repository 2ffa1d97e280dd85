"""The calls of the services beside ECS: load balancing, scaling, ECR, CloudFormation, CloudTrail, EC2, metrics."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice

import msgspec
from botocore.exceptions import ClientError
from msgspec.structs import replace

from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.obstacles import code_of
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.facts import FailedStack
from sickbay.diagnostics.platforms.ecs.images import ecr_parts
from sickbay.diagnostics.platforms.ecs.wire.balancing import (
    EcrImage,
    InstanceState,
    Responses,
    ScalingActivity,
    SecurityGroup,
    Stack,
    StackEvent,
    TargetGroup,
    TargetHealth,
    TrailEvent,
)

#: Target groups that one call describes, pages of a stack's events and of changes, images of which ECR is asked.
GROUPS_A_CALL, STACK_PAGES, TRAIL_PAGES = 20, 5, 2
_METRICS = ("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count")
_TAGS_SHOWN = 20
_MINUTE = timedelta(minutes=1)
_LONGEST = 1000


class Beside:
    """The calls, each giving its shape from wire/, cleaned. They raise as Connection.call, or ValidationError."""

    def __init__(self, connection: Connection, cluster: str) -> None:
        self._connection = connection
        self._cluster = cluster
        self._text = lru_cache(1024)(lambda text: clean(text[:_LONGEST]) if text else "")

    def target_groups(self, arns: Sequence[str]) -> tuple[TargetGroup, ...]:
        """Describe target groups."""
        answer = self._connection.call(Operation.TARGET_GROUPS, TargetGroupArns=list(arns))
        return msgspec.convert(answer["TargetGroups"], tuple[TargetGroup, ...])

    def health(self, arn: str) -> tuple[TargetHealth, ...]:
        """Ask how the targets of a group fare."""
        answer = self._connection.call(Operation.TARGET_HEALTH, TargetGroupArn=arn)
        return msgspec.convert(answer["TargetHealthDescriptions"], tuple[TargetHealth, ...])

    def classic_health(self, name: str) -> tuple[InstanceState, ...]:
        """Ask how the instances of a classic load balancer fare."""
        answer = self._connection.call(Operation.INSTANCE_HEALTH, LoadBalancerName=name)
        return msgspec.convert(answer["InstanceStates"], tuple[InstanceState, ...])

    def responses(self, groups: Sequence[TargetGroup], since: datetime, until: datetime) -> tuple[Responses, ...]:
        """Count the failed answers of target groups and their load balancers by the minute: one call."""
        asked = [(group, group.load_balancer_arns[0].partition(":loadbalancer/")[2]) for group in groups]
        queries = [
            {
                "Id": f"q{nth}_{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/ApplicationELB",
                        "MetricName": metric,
                        "Dimensions": [
                            {"Name": "LoadBalancer", "Value": balancer},
                            *([_of(group)] if number == 0 else []),
                        ],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
            for nth, (group, balancer) in enumerate(asked)
            for number, metric in enumerate(_METRICS)
        ]
        answer = self._connection.call(
            Operation.METRICS, MetricDataQueries=queries, StartTime=since, EndTime=until + _MINUTE
        )
        found = {
            item["Id"]: dict(zip(item["Timestamps"], item["Values"], strict=False))
            for item in answer["MetricDataResults"]
        }
        told = []
        for nth, group in enumerate(groups):
            targets, balancer_own = (found.get(f"q{nth}_{number}", {}) for number in (0, 1))
            failed = [moment for values in (targets, balancer_own) for moment, value in values.items() if value]
            told.append(
                Responses(
                    target_group=group.target_group_arn,
                    of_targets=sum(targets.values()),
                    of_balancer=sum(balancer_own.values()),
                    first=min(failed, default=None),
                )
            )
        return tuple(told)

    def scaling(self) -> tuple[ScalingActivity, ...]:
        """List the latest scaling activities of the cluster's services, those too that scaled nothing."""
        answer = self._connection.call(
            Operation.SCALING, ServiceNamespace="ecs", MaxResults=50, IncludeNotScaledActivities=True
        )
        found = msgspec.convert(answer["ScalingActivities"], tuple[ScalingActivity, ...])
        own = f"service/{self._cluster}/"
        return tuple(
            replace(item, status_message=self._text(item.status_message), cause=self._text(item.cause))
            for item in found
            if item.resource_id.startswith(own)
        )

    def image(self, reference: str) -> EcrImage:
        """Ask ECR whether an image is there, and where it is not, what is and whether a policy removes images."""
        account, _, repository, tag = ecr_parts(reference) or ("", "", "", "")
        asked = {"registryId": account, "repositoryName": repository}
        by = {"imageDigest": tag} if tag.startswith("sha256:") else {"imageTag": tag}
        try:
            self._connection.call(Operation.IMAGE, **asked, imageIds=[by])
        except ClientError as error:
            match code_of(error):
                case "RepositoryNotFoundException":
                    return EcrImage(image=reference, found=False, repository=False)
                case "ImageNotFoundException":
                    return self._absent(reference, asked)
            raise
        return EcrImage(image=reference, found=True)

    def _absent(self, reference: str, asked: dict[str, str]) -> EcrImage:
        listed = self._connection.call(Operation.IMAGE, **asked, maxResults=100)["imageDetails"]
        latest = sorted(listed, key=lambda item: str(item.get("imagePushedAt", "")), reverse=True)
        tags = tuple(str(tag) for item in latest for tag in item.get("imageTags", ()))[:_TAGS_SHOWN]
        try:
            expires = bool(self._connection.call(Operation.LIFECYCLE, **asked).get("lifecyclePolicyText"))
        except ClientError as error:
            if code_of(error) not in {"LifecyclePolicyNotFoundException", "AccessDeniedException"}:
                raise
            expires = False
        return EcrImage(image=reference, found=False, expires=expires, tags=tags)

    def changes(self, event: str, since: datetime) -> tuple[TrailEvent, ...]:
        """Look up who made this call of ECS within the window, for this cluster's things."""
        pages = self._connection.pages(
            Operation.TRAIL,
            following="NextToken",
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": event}],
            StartTime=since,
            MaxResults=50,
        )
        return tuple(self._change(raw) for page in islice(pages, TRAIL_PAGES) for raw in page["Events"])

    def stack(self, name: str) -> FailedStack | None:
        """Ask how a stack fares, and where it failed, which event of its last operation failed first."""
        found = msgspec.convert(self._connection.call(Operation.STACK, StackName=name)["Stacks"], tuple[Stack, ...])
        stack = next((item for item in found if "FAILED" in item.stack_status or "ROLLBACK" in item.stack_status), None)
        if stack is None:
            return None
        stack = replace(stack, stack_status_reason=self._text(stack.stack_status_reason))
        return FailedStack(stack=stack, first=self._first_failure(name))

    def _first_failure(self, name: str) -> StackEvent | None:
        """Give the first failure of the stack's last operation; its events come the latest first."""
        first = None
        pages = self._connection.pages(Operation.STACK_EVENTS, following="NextToken", StackName=name)
        for page in islice(pages, STACK_PAGES):
            for event in msgspec.convert(page["StackEvents"], tuple[StackEvent, ...]):
                if event.resource_status.endswith("_FAILED") and "cancelled" not in event.resource_status_reason:
                    first = replace(event, resource_status_reason=self._text(event.resource_status_reason))
                begins = event.resource_status in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"}
                if begins and event.logical_resource_id == name:
                    return first
        return first

    def security_groups(self, ids: Sequence[str]) -> tuple[SecurityGroup, ...]:
        """Describe security groups."""
        answer = self._connection.call(Operation.SECURITY_GROUPS, GroupIds=list(ids))
        return msgspec.convert(answer["SecurityGroups"], tuple[SecurityGroup, ...])

    def _change(self, raw: dict[str, object]) -> TrailEvent:
        """Give who did it, when, and to what: the name of the resource, or what the event itself says of it."""
        resources = raw.get("Resources")
        names = [str(item.get("ResourceName", "")) for item in resources] if isinstance(resources, list) else []
        return TrailEvent(
            event_name=str(raw.get("EventName", "")),
            event_time=msgspec.convert(raw["EventTime"], datetime),
            username=self._text(str(raw.get("Username", ""))),
            resource=self._text(" ".join([*names, *_parameters(raw.get("CloudTrailEvent"))])),
        )


def _parameters(event: object) -> tuple[str, ...]:
    """Give the cluster, service and task that a recorded call names, and the error it ended with, if any."""
    try:
        told = msgspec.json.decode(str(event))
        asked = told.get("requestParameters") or {}
        return tuple(str(asked[name]) for name in ("cluster", "service", "task", "taskDefinition") if asked.get(name))
    except (msgspec.DecodeError, AttributeError):
        return ()


def _of(group: TargetGroup) -> dict[str, str]:
    """Give a target group as CloudWatch's dimension has it."""
    return {"Name": "TargetGroup", "Value": group.target_group_arn.rpartition(":")[2]}
