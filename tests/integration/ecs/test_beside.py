"""What is around a service is read through the other APIs of AWS: load balancers, ECR, stacks, scaling, changes."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from tests.integration.ecs.aws import Answer, Aws
from tests.integration.ecs.conftest import APP, Diagnose
from tests.integration.ecs.test_reading import running

Edit = Callable[[dict[str, Any]], dict[str, Any]]


def having(**fields: Any) -> Edit:
    """Let each service have these fields, and what it should."""

    def edit(told: dict[str, Any]) -> dict[str, Any]:
        for service in running(told)["services"]:
            service.update(fields)
        return told

    return edit


@pytest.fixture
def group(aws: Aws) -> str:
    """Give the ARN of a target group behind an application load balancer."""
    subnets = [item["SubnetId"] for item in aws.client("ec2").describe_subnets()["Subnets"][:2]]
    elbv2, name = aws.client("elbv2"), f"tg-{time.monotonic_ns()}"
    balancer = elbv2.create_load_balancer(Name=name, Subnets=subnets, Type="application")["LoadBalancers"][0]
    vpc = aws.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    made = elbv2.create_target_group(
        Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", HealthCheckPath="/healthz"
    )["TargetGroups"][0]
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": made["TargetGroupArn"]}],
    )
    return str(made["TargetGroupArn"])


def test_target_health_and_what_is_asked_of_targets(aws: Aws, diagnose: Diagnose, group: str) -> None:
    """Given a target that answers with the wrong code, then that is the cause, with the path that was asked."""
    aws.edit("DescribeServices", having(loadBalancers=[{"targetGroupArn": group, "containerName": "app"}]))
    health = (
        "<Target><Id>10.0.1.7</Id><Port>8080</Port></Target><TargetHealth><State>unhealthy</State>"
        "<Reason>Target.ResponseCodeMismatch</Reason>"
        "<Description>Health checks failed with these codes: [502]</Description></TargetHealth>"
    )
    told = f"<TargetHealthDescriptions><member>{health}</member></TargetHealthDescriptions>"
    aws.answer(
        "DescribeTargetHealth",
        f"<DescribeTargetHealthResponse><DescribeTargetHealthResult>{told}</DescribeTargetHealthResult>"
        "</DescribeTargetHealthResponse>",
    )

    finding = diagnose("web").report.findings[0]

    assert finding.code == "ECS-L101"
    assert "GET /healthz" in finding.summary
    assert "[502]" in finding.evidence[0].value


def test_failed_answers_are_counted(aws: Aws, diagnose: Diagnose, group: str) -> None:
    """Given metrics with 30 failed answers of the targets, then they are told as the targets' own."""
    aws.edit("DescribeServices", having(loadBalancers=[{"targetGroupArn": group, "containerName": "app"}]))
    balancer = aws.client("elbv2").describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0][
        "LoadBalancerArns"
    ][0]
    dimensions = [
        {"Name": "LoadBalancer", "Value": balancer.partition(":loadbalancer/")[2]},
        {"Name": "TargetGroup", "Value": group.rpartition(":")[2]},
    ]
    metric = {"MetricName": "HTTPCode_Target_5XX_Count", "Dimensions": dimensions, "Value": 30.0}
    aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/ApplicationELB", MetricData=[{**metric, "Timestamp": datetime.now(UTC)}]
    )

    finding = next(item for item in diagnose().report.findings if item.code == "ECS-L102")

    assert finding.summary.startswith("30 requests through tg-")
    assert "the targets' own" in finding.summary


def test_the_memory_that_services_use_is_measured(aws: Aws, diagnose: Diagnose) -> None:
    """Given what CloudWatch has of a service's memory, then the report has the share of what its tasks reserve."""
    aws.edit("DescribeServices", running)
    named = [{"Name": "ClusterName", "Value": "prod"}, {"Name": "ServiceName", "Value": "web"}]
    lately = datetime.now(UTC) - timedelta(minutes=2)
    metric = {"MetricName": "MemoryUtilization", "Dimensions": named, "Timestamp": lately}
    aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/ECS", MetricData=[{**metric, "Value": value} for value in (40.0, 87.5)]
    )

    assert diagnose().report.figures["memory_share"] == 0.875


def test_a_classic_load_balancer_is_asked(aws: Aws, diagnose: Diagnose) -> None:
    """Given a service behind a classic load balancer with an instance out of service, then its words are told."""
    aws.edit("DescribeServices", having(loadBalancers=[{"loadBalancerName": "old", "containerName": "app"}]))
    state = (
        "<InstanceId>i-1</InstanceId><State>OutOfService</State><ReasonCode>Instance</ReasonCode>"
        "<Description>Instance has failed at least the UnhealthyThreshold number of health checks.</Description>"
    )
    aws.answer(
        "DescribeInstanceHealth",
        "<DescribeInstanceHealthResponse><DescribeInstanceHealthResult><InstanceStates><member>"
        f"{state}</member></InstanceStates></DescribeInstanceHealthResult></DescribeInstanceHealthResponse>",
    )

    finding = diagnose("web").report.findings[0]

    assert finding.summary.startswith("Load balancer old has 1 of 1 instances out of service: Instance has failed")


def test_a_stacks_first_failure_of_its_last_operation_is_told(aws: Aws, diagnose: Diagnose) -> None:
    """Given a stack that rolled back, then the first failure of that update is told, no older or cancelled one."""
    aws.edit("DescribeServices", having(tags=[{"key": "aws:cloudformation:stack-name", "value": "shop"}]))
    created = "<CreationTime>2026-11-01T00:00:00Z</CreationTime>"
    stack = f"<StackName>shop</StackName>{created}<StackStatus>UPDATE_ROLLBACK_COMPLETE</StackStatus>"
    aws.answer(
        "DescribeStacks",
        f"<DescribeStacksResponse><DescribeStacksResult><Stacks><member>{stack}</member></Stacks></DescribeStacksResult>"
        "</DescribeStacksResponse>",
    )
    events = "".join(
        "<member><StackId>s</StackId><EventId>e</EventId><StackName>shop</StackName>"
        f"<LogicalResourceId>{name}</LogicalResourceId><ResourceStatus>{status}</ResourceStatus>"
        f"<ResourceStatusReason>{why}</ResourceStatusReason><Timestamp>2026-11-23T11:{minute}:00Z</Timestamp></member>"
        for name, status, why, minute in (
            ("Alarm", "UPDATE_FAILED", "Resource update cancelled", "09"),
            ("Service", "UPDATE_FAILED", "did not stabilize", "08"),
            ("shop", "UPDATE_IN_PROGRESS", "User Initiated", "01"),
            ("Bucket", "CREATE_FAILED", "older", "00"),
        )
    )
    aws.answer(
        "DescribeStackEvents",
        f"<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>{events}</StackEvents>"
        "</DescribeStackEventsResult></DescribeStackEventsResponse>",
    )

    finding = next(item for item in diagnose(audit=True).report.findings if item.subject == "stack/shop")

    assert finding.summary == "Stack shop is UPDATE_ROLLBACK_COMPLETE: Service UPDATE_FAILED, did not stabilize."


def test_scaling_at_its_maximum_and_who_changed_the_service(aws: Aws, diagnose: Diagnose) -> None:
    """Given a policy that wanted more, then the maximum is told; other clusters' activities are left out."""
    reasons = [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 2, "CurrentCapacity": 2}]
    activity = {
        "ActivityId": "1",
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "Description": "Attempting to scale due to alarm triggered",
        "Cause": "monitor alarm cpu-high in state ALARM",
        "StartTime": time.time() - 60,
        "StatusCode": "Unfulfilled",
        "NotScaledReasons": reasons,
    }
    aws.answer(
        "DescribeScalingActivities",
        {"ScalingActivities": [{**activity, "ResourceId": f"service/{name}/web"} for name in ("prod", "other")]},
    )
    aws.answer(
        "LookupEvents",
        {
            "Events": [
                {
                    "EventId": "1",
                    "EventName": "UpdateService",
                    "EventTime": time.time() - 90,
                    "Username": "ada",
                    "CloudTrailEvent": '{"requestParameters": {"cluster": "prod", "service": "web"}}',
                }
            ]
        },
    )

    diagnosis = diagnose()
    snapshot = diagnosis.snapshot

    assert isinstance(snapshot, Snapshot)
    assert [item.summary for item in diagnosis.report.findings if item.code == "ECS-S107"] == [
        "web cannot scale out: it stands at its maximum of 2 tasks."
    ]
    assert [(item.username, item.resource) for item in snapshot.trail] == [("ada", "prod web")]


def test_doors_that_are_open_are_told_in_an_audit(aws: Aws, diagnose: Diagnose) -> None:
    """Given a service with a security group that lets everybody in on SSH, then an audit says so."""
    ec2 = aws.client("ec2")
    made = ec2.create_security_group(GroupName=f"open-{time.monotonic_ns()}", Description="open")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=made, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": [made]}}
    aws.edit("DescribeServices", having(networkConfiguration=network))

    found = [item.summary for item in diagnose(audit=True).report.findings if item.subject == f"security-group/{made}"]

    assert len(found) == 1
    assert found[0].endswith("lets everybody in on 22.")


def test_what_deployments_changed_is_told(aws: Aws, diagnose: Diagnose) -> None:
    """Given a deployment that the circuit breaker rolled back, then the breaker's count and each change are told."""
    service = "arn:aws:ecs:eu-west-1:123456789012:service/prod/web"
    brief = {"serviceDeploymentArn": "arn:d/1", "serviceArn": service, "status": "ROLLBACK_SUCCESSFUL"}
    aws.answer_by(
        "ListServiceDeployments", lambda asked: {"serviceDeployments": [brief] if asked["service"] == "web" else []}
    )
    told = {
        **brief,
        "createdAt": time.time() - 600,
        "finishedAt": time.time() - 60,
        "statusReason": "Service deployment rolled back because of the circuit breaker.",
        "sourceServiceRevisions": [{"arn": "arn:r/1"}],
        "targetServiceRevision": {"arn": "arn:r/2"},
        "deploymentCircuitBreaker": {"status": "TRIGGERED", "failureCount": 3, "threshold": 3},
    }
    aws.answer("DescribeServiceDeployments", {"serviceDeployments": [told]})
    definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web"
    revisions = [
        {"serviceRevisionArn": f"arn:r/{number}", "taskDefinition": f"{definition}:{8 + number}"} for number in (1, 2)
    ]
    aws.answer("DescribeServiceRevisions", {"serviceRevisions": revisions})

    def described(asked: dict[str, Any]) -> Answer | None:
        arn = asked["taskDefinition"]
        secret = {"name": "DB_PASSWORD", "value": "hunter2hunter2" if arn.endswith(":9") else "correct-horse-battery"}
        app = {**APP, "image": f"shop/web:{arn.rpartition(':')[2]}", "environment": [secret]}
        whole = {"taskDefinitionArn": arn, "cpu": "256", "containerDefinitions": [app]}
        return {"taskDefinition": whole} if arn.endswith((":9", ":10")) else None

    aws.answer_by("DescribeTaskDefinition", described)

    diagnosis = diagnose()
    finding = diagnosis.report.findings[0]

    assert finding.code == "ECS-S104"
    assert finding.summary == (
        "The deployment of web:10 to web failed and was rolled back: "
        "Service deployment rolled back because of the circuit breaker."
    )
    assert "3/3" in finding.evidence[0].value
    assert finding.evidence[1].source == "ecs DescribeServiceRevisions web"
    assert finding.evidence[1].value.split("\n") == [
        "task definition: web:9 → web:10",
        "image of app: shop/web:9 → shop/web:10",
        "environment of app: DB_PASSWORD changed",
    ]
    assert "hunter2" not in repr(diagnosis)
    assert "correct-horse" not in repr(diagnosis)


def test_a_deployment_under_way_is_described_without_a_list(aws: Aws, diagnose: Diagnose) -> None:
    """Given services that name the deployment they are in, then one call describes those of all."""

    def deploying(told: dict[str, Any]) -> dict[str, Any]:
        for service in told["services"]:
            service["currentServiceDeployment"] = f"arn:d/{service['serviceName']}"
        return told

    described = list[list[str]]()

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        described.append(sorted(asked["serviceDeploymentArns"]))
        return {"serviceDeployments": []}

    aws.edit("DescribeServices", deploying)
    aws.answer_by("DescribeServiceDeployments", answer)

    diagnose()

    assert described == [["arn:d/api", "arn:d/web"]]
    assert "ListServiceDeployments" not in aws.called


def test_both_groups_of_a_blue_green_service_are_read(aws: Aws, diagnose: Diagnose, group: str) -> None:
    """Given a service with a second target group to which its deployment moves, then its health is read and told."""
    green = group.replace("targetgroup/tg-", "targetgroup/green-")
    both = {
        "targetGroupArn": group,
        "containerName": "app",
        "advancedConfiguration": {"alternateTargetGroupArn": green},
    }
    aws.edit("DescribeServices", having(loadBalancers=[both], deploymentConfiguration={"strategy": "BLUE_GREEN"}))
    health = (
        "<Target><Id>10.0.1.7</Id><Port>8080</Port></Target><TargetHealth><State>unhealthy</State>"
        "<Reason>Target.Timeout</Reason></TargetHealth>"
    )
    aws.answer(
        "DescribeTargetHealth",
        "<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions><member>"
        f"{health}</member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>",
    )
    aws.answer_by(
        "ListServiceDeployments",
        lambda asked: {"serviceDeployments": [{"serviceDeploymentArn": f"arn:d/{asked['service']}"}]},
    )
    weighted = {
        "serviceArn": "arn:aws:ecs:eu-west-1:123456789012:service/prod/web",
        "status": "SUCCESSFUL",
        "createdAt": time.time() - 600,
        "targetServiceRevision": {"arn": "arn:r/2", "requestedProductionTrafficWeight": 100.0},
    }
    aws.answer("DescribeServiceDeployments", {"serviceDeployments": [weighted]})
    resolved = {"loadBalancers": [{"targetGroupArn": green}]}
    aws.answer(
        "DescribeServiceRevisions",
        {"serviceRevisions": [{"serviceRevisionArn": "arn:r/2", "resolvedConfiguration": resolved}]},
    )

    diagnosis = diagnose("web")
    snapshot = diagnosis.snapshot

    assert isinstance(snapshot, Snapshot)
    assert set(snapshot.health) == {group, green}
    assert [item.subject for item in diagnosis.report.findings if item.code == "ECS-L101"] == [
        f"target-group/{green.split('/')[-2]}"
    ]
