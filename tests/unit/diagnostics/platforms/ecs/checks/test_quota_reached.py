"""ECS-S106: a quota of the account, or a rate of calls, keeps tasks from starting."""

import pytest

from sickbay.diagnostics.platforms.ecs.checks.quota_reached import quota_reached
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, event, failing, found, one, report


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
