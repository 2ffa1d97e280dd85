"""The calls of the services beside ECS: load balancing, scaling, quotas, CloudFormation, EC2, metrics."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice

import msgspec
from msgspec.structs import replace

from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.facts import FailedStack
from sickbay.diagnostics.platforms.ecs.wire.account import Quota
from sickbay.diagnostics.platforms.ecs.wire.balancing import (
    InstanceState,
    Responses,
    ScalingActivity,
    SecurityGroup,
    Stack,
    StackEvent,
    TargetGroup,
    TargetHealth,
)
from sickbay.diagnostics.platforms.ecs.wire.capacity import GroupActivity, ScalingGroup

#: Target groups that one call describes, and pages of a stack's events.
GROUPS_A_CALL, STACK_PAGES = 20, 5
_METRICS = ("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count")
_MINUTE = timedelta(minutes=1)
#: Metrics come by the minute, some minutes late.
_LATELY = timedelta(minutes=15)
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

    def memory(self, services: Sequence[str], until: datetime) -> tuple[tuple[str, float], ...]:
        """Ask what the fullest task of each service used of the memory that it reserves, lately: one call."""
        queries = [
            {
                "Id": f"q{nth}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/ECS",
                        "MetricName": "MemoryUtilization",
                        "Dimensions": [
                            {"Name": "ClusterName", "Value": self._cluster},
                            {"Name": "ServiceName", "Value": service},
                        ],
                    },
                    "Period": 300,
                    "Stat": "Maximum",
                },
            }
            for nth, service in enumerate(services)
        ]
        answer = self._connection.call(
            Operation.METRICS, MetricDataQueries=queries, StartTime=until - _LATELY, EndTime=until
        )
        found = {item["Id"]: item["Values"] for item in answer["MetricDataResults"]}
        shares = ((service, found.get(f"q{nth}")) for nth, service in enumerate(services))
        return tuple((service, max(values) / 100) for service, values in shares if values)

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

    def scaling_groups(self, names: Sequence[str]) -> tuple[ScalingGroup, ...]:
        """Describe Auto Scaling groups."""
        answer = self._connection.call(Operation.SCALING_GROUPS, AutoScalingGroupNames=list(names))
        return msgspec.convert(answer["AutoScalingGroups"], tuple[ScalingGroup, ...])

    def group_activity(self, name: str) -> GroupActivity | None:
        """Give what an Auto Scaling group did last."""
        answer = self._connection.call(Operation.GROUP_ACTIVITIES, AutoScalingGroupName=name, MaxRecords=1)
        found = msgspec.convert(answer["Activities"], tuple[GroupActivity, ...])
        return (
            replace(
                found[0],
                description=self._text(found[0].description),
                status_message=self._text(found[0].status_message),
            )
            if found
            else None
        )

    def quotas(self, service: str) -> tuple[Quota, ...]:
        """List the quotas of an AWS service (`fargate`, `ecs`) with the values that are applied to this account."""
        pages = self._connection.pages(Operation.QUOTAS, following="NextToken", ServiceCode=service, MaxResults=100)
        return tuple(item for page in pages for item in msgspec.convert(page["Quotas"], tuple[Quota, ...]))

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


def _of(group: TargetGroup) -> dict[str, str]:
    """Give a target group as CloudWatch's dimension has it."""
    return {"Name": "TargetGroup", "Value": group.target_group_arn.rpartition(":")[2]}
