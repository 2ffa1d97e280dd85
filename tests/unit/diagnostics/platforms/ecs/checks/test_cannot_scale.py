"""ECS-S107: scaling is at its end, or failed."""

from sickbay.diagnostics.platforms.ecs.checks.cannot_scale import cannot_scale
from sickbay.diagnostics.platforms.ecs.wire.balancing import NotScaledReason, ScalingActivity
from sickbay.diagnostics.platforms.ecs.wire.services import CapacityProvider
from tests.unit.diagnostics.platforms.ecs.clusters import ago, cluster, found, one, report, service

AT_MOST = ScalingActivity(
    resource_id="service/prod/web",
    start_time=ago(minutes=5),
    status_code="Unfulfilled",
    cause="monitor alarm cpu-high in state ALARM triggered policy cpu",
    not_scaled_reasons=(NotScaledReason(code="AlreadyAtMaxCapacity", max_capacity=8, current_capacity=8),),
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
