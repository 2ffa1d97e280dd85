"""ECS-S106: a quota of the account, or a rate of calls, keeps tasks from starting."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.ecs.checks.quota_reached import quota_reached
from sickbay.diagnostics.platforms.ecs.wire.account import Quota
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, event, failing, found, one, report, task


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (
            (
                "(service web) was unable to place a task. Reason: You’ve reached the limit on the number of vCPUs you "
                "can "
                "run "
                "concurrently."
            ),
            "a quota of the account is reached",
        ),
        (
            "(service web) was unable to place a task. Reason: The requested CPU configuration is above your limit.",
            "a quota of the account is reached",
        ),
        (
            (
                "(service web) was unable to place a task. Reason: Your account is currently blocked and thus cannot "
                "launch "
                "any Fargate tasks."
            ),
            "AWS has blocked the account",
        ),
        ("(service web) operations are being throttled. Will try again later.", "the scheduler's calls are throttled"),
    ],
)
def test_each_message_is_known_and_first(message: str, says: str) -> None:
    """Given a service that is short for want of a quota, then that is told, first of the report."""
    snapshot = cluster(failing(events=[event(message)]))

    assert says in one(quota_reached, snapshot).summary
    assert report(snapshot).findings[0].code == "ECS-S106"


def test_other_messages_are_left_alone() -> None:
    """Given a service whose message is of placement, then no quota is named."""
    assert found(quota_reached, cluster(failing(events=[event("(service web) was unable to place a task.")]))) == []


def quota(code: str, name: str, value: float) -> Quota:
    """Give a quota as it is applied to the account."""
    return Quota(service_code=code, quota_code="L-1", quota_name=name, value=value)


QUOTAS = (
    quota("fargate", "Fargate On-Demand vCPU resource count", 6),
    quota("fargate", "Fargate Spot vCPU resource count", 3),
    quota("ecs", "Tasks per service", 5000),
)
VCPUS = "(service web) was unable to place a task. Reason: You’ve reached the limit on the number of vCPUs you can run "


@pytest.mark.parametrize(
    ("differs", "message", "says"),
    [
        ({}, VCPUS, "(Fargate On-Demand vCPU resource count is 6)"),
        (
            {"launchType": "", "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]},
            VCPUS,
            "(Fargate Spot vCPU resource count is 3)",
        ),
        (
            {"launchType": "EC2"},
            "(service web) was unable to place a task. Reason: You've reached the limit on the number of tasks.",
            "(Tasks per service is 5000)",
        ),
    ],
)
def test_the_quota_that_is_applied_is_named(differs: dict[str, Any], message: str, says: str) -> None:
    """Given what Service Quotas says, then the quota that the message is about is told with its value."""
    snapshot = cluster(failing(events=[event(message)], **differs), quotas=QUOTAS)

    assert says in one(quota_reached, snapshot).summary


def test_what_this_cluster_takes_of_it_stands_beside_it() -> None:
    """Given three tasks of two vCPUs each on Fargate, then six vCPUs are told beside the quota."""
    tasks = [task("api", id=letter * 32, cpu="2048") for letter in "abc"]

    finding = one(quota_reached, cluster(failing(events=[event(VCPUS)]), tasks=tasks, quotas=QUOTAS))

    assert "6 vCPU in 3 Fargate tasks seen here" in [item.value for item in finding.evidence]
