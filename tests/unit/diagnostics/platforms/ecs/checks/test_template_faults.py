"""ECS-R103: what the templates of services got wrong."""

import msgspec

from sickbay.diagnostics.platforms.ecs.checks.template_faults import template_faults
from sickbay.diagnostics.platforms.ecs.facts import FailedStack
from sickbay.diagnostics.platforms.ecs.wire.balancing import SecurityGroup, Stack, StackEvent
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    cluster,
    definition,
    failing,
    found,
    one,
    report,
    service,
    stopped,
)

ROLLED_BACK = FailedStack(
    stack=Stack(stack_name="shop", stack_status="UPDATE_ROLLBACK_COMPLETE"),
    first=StackEvent(
        logical_resource_id="WebService",
        resource_type="AWS::ECS::Service",
        resource_status="UPDATE_FAILED",
        resource_status_reason="Resource handler returned message: did not stabilize.",
        timestamp=ago(minutes=20),
    ),
)


def test_the_first_event_that_failed_is_told_and_explains_the_service() -> None:
    """Given a stack that rolled back, whose service is short, then the stack is the cause, with its first failure."""
    tagged = failing(tags=[{"key": "aws:cloudformation:stack-name", "value": "shop"}])

    judged = report(cluster(tagged, stacks=(ROLLED_BACK,)))

    assert [item.code for item in judged.causes] == ["ECS-R103"]
    assert judged.findings[0].summary == (
        "Stack shop is UPDATE_ROLLBACK_COMPLETE: WebService UPDATE_FAILED, "
        "Resource handler returned message: did not stabilize."
    )


def test_a_log_group_that_is_missing_explains_tasks_that_do_not_start() -> None:
    """Given a log group that is not there and tasks that fail for it, then the group is the cause."""
    reason = "ResourceInitializationError: failed to validate logger args: The specified log group does not exist."
    snapshot = cluster(
        failing(),
        tasks=[stopped("web", "TaskFailedToStart", reason)],
        definitions=[definition()],
        missing_logs=("/ecs/web",),
    )

    assert [item.id for item in report(snapshot).causes] == ["ECS-R103@log-group//ecs/web"]


def test_a_container_without_a_log_is_told_in_an_audit() -> None:
    """Given a definition without a log configuration, then that is told."""
    silent = msgspec.convert(
        {"taskDefinitionArn": definition().task_definition_arn, "containerDefinitions": [{"name": "app"}]},
        type(definition()),
    )

    assert (
        one(template_faults, cluster(service(), definitions=[silent])).summary == "app of web writes no log anywhere."
    )


def test_a_door_that_is_open_to_all_is_told_by_its_ports() -> None:
    """Given a security group that lets everybody in on SSH and on HTTPS, then SSH alone is told."""
    permissions = [
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        for port in (22, 443)
    ]
    group = msgspec.convert({"GroupId": "sg-1", "GroupName": "web", "IpPermissions": permissions}, SecurityGroup)

    assert one(template_faults, cluster(security_groups=(group,))).summary == (
        "Security group web of its tasks lets everybody in on 22."
    )


def test_a_door_for_one_network_is_left_alone() -> None:
    """Given a security group that lets a private network in, then nothing is said."""
    permission = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    group = msgspec.convert({"GroupId": "sg-1", "IpPermissions": [permission]}, SecurityGroup)

    assert found(template_faults, cluster(security_groups=(group,))) == []
