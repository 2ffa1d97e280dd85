"""ECS-S107: scaling is at its end, or failed."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.ecs.checks.cannot_scale import cannot_scale
from sickbay.diagnostics.platforms.ecs.wire.balancing import NotScaledReason, ScalingActivity
from sickbay.diagnostics.platforms.ecs.wire.capacity import (
    CapacityProvider,
    GroupActivity,
    GroupProvider,
    ScalingGroup,
    SuspendedProcess,
)
from tests.unit.diagnostics.platforms.ecs.clusters import ago, cluster, failing, found, one, report, service, task

AT_MOST = ScalingActivity(
    resource_id="service/prod/web",
    start_time=ago(minutes=5),
    status_code="Unfulfilled",
    cause="monitor alarm cpu-high in state ALARM triggered policy cpu",
    not_scaled_reasons=(NotScaledReason(code="AlreadyAtMaxCapacity", max_capacity=8),),
)


def test_a_service_at_its_maximum_that_wants_more_is_told() -> None:
    """Given an activity that scaled nothing because of the maximum, then the maximum is told, first of the report."""
    told = report(cluster(service(), scaling=(AT_MOST,)))

    assert told.findings[0].summary == "web cannot scale out: it stands at its maximum of 8 tasks."


def test_a_later_activity_takes_it_back() -> None:
    """Given a later activity that went through, then nothing is said."""
    fine = ScalingActivity(resource_id="service/prod/web", start_time=ago(minutes=1), status_code="Successful")

    assert found(cannot_scale, cluster(service(), scaling=(fine, AT_MOST))) == []


def test_a_provider_whose_update_failed_is_told() -> None:
    """Given a capacity provider whose update failed, then it is told with AWS's reason."""
    provider = CapacityProvider(name="spot", update_status="UPDATE_FAILED", update_status_reason="Group not found.")

    assert one(cannot_scale, cluster(providers=(provider,))).summary == (
        "Capacity provider spot is UPDATE_FAILED: Group not found."
    )


GROUP = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0a1b:autoScalingGroupName/shop"
PROVIDER = CapacityProvider(name="ec2", auto_scaling_group_provider=GroupProvider(auto_scaling_group_arn=GROUP))
WAITS = failing(launchType="", capacityProviderStrategy=[{"capacityProvider": "ec2"}])


@pytest.mark.parametrize(
    ("group", "activity", "says"),
    [
        ({"max_size": 3, "desired_capacity": 3}, None, "stands at its maximum of 3 instances."),
        (
            {"max_size": 9, "suspended_processes": (SuspendedProcess(process_name="Launch"),)},
            None,
            "may launch none, somebody suspended that.",
        ),
        (
            {"max_size": 9},
            GroupActivity(
                status_code="Failed", status_message="We currently do not have sufficient c5.large capacity."
            ),
            "could not start one: We currently do not have sufficient c5.large capacity.",
        ),
    ],
)
def test_a_group_that_starts_no_instance_is_told(
    group: dict[str, Any], activity: GroupActivity | None, says: str
) -> None:
    """Given a service that waits for its capacity provider, then what keeps the group from growing is told first."""
    snapshot = cluster(
        WAITS,
        providers=(PROVIDER,),
        scaling_groups=(ScalingGroup(auto_scaling_group_name="shop", **group),),
        group_activities={"shop": activity} if activity else {},
    )

    finding = one(cannot_scale, snapshot)

    assert finding.summary == f"Capacity provider ec2 gives web no instance: its group shop {says}"
    assert [item.code for item in report(snapshot).causes] == ["ECS-S107"]


def test_a_task_of_its_own_waits_too() -> None:
    """Given a task without a service that is PROVISIONING on the provider, then its family is what waits."""
    waits = task("job", group="family:job", capacityProviderName="ec2", lastStatus="PROVISIONING")
    full = ScalingGroup(auto_scaling_group_name="shop", max_size=1, desired_capacity=1)

    finding = one(cannot_scale, cluster(tasks=[waits], providers=(PROVIDER,), scaling_groups=(full,)))

    assert "gives job no instance" in finding.summary


def test_a_group_at_its_maximum_for_which_nothing_waits_is_left_alone() -> None:
    """Given a full group and a service with all its tasks, then nothing is said."""
    well = service(launchType="", capacityProviderStrategy=[{"capacityProvider": "ec2"}])
    full = ScalingGroup(auto_scaling_group_name="shop", max_size=1, desired_capacity=1)

    assert found(cannot_scale, cluster(well, providers=(PROVIDER,), scaling_groups=(full,))) == []
