"""ECS-T108: AWS took the capacity away that a task ran on."""

import pytest

from sickbay.diagnostics.platforms.ecs.checks.capacity_taken import capacity_taken
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, failing, one, report, stopped


@pytest.mark.parametrize(
    ("code", "reason", "says"),
    [
        ("SpotInterruption", "Your Spot Task was interrupted.", "AWS took its Spot capacity back"),
        ("TerminationNotice", "The instance is to be terminated.", "the machine below it was to be terminated"),
        ("InfrastructureHealth", "", "the machine below it was found unhealthy"),
        ("", "Host EC2 (instance i-0a1b2c3d4e5f60718) terminated.", "its machine was stopped or terminated"),
    ],
)
def test_who_took_it_is_told(code: str, reason: str, says: str) -> None:
    """Given a task that lost its machine, then the finding says how, and is the first of the report."""
    snapshot = cluster(failing(), tasks=[stopped("web", code, reason)])

    assert says in one(capacity_taken, snapshot).summary
    assert report(snapshot).findings[0].code == "ECS-T108"
