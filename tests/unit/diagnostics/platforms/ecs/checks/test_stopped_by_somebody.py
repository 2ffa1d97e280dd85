"""ECS-T109: somebody stopped tasks."""

from sickbay.diagnostics.platforms.ecs.checks.stopped_by_somebody import stopped_by_somebody
from sickbay.diagnostics.platforms.ecs.wire.account import TrailEvent
from tests.unit.diagnostics.platforms.ecs.clusters import ago, cluster, failing, one, report, stopped


def test_cloudtrail_names_who() -> None:
    """Given a task that was stopped by a call which CloudTrail has, then its caller is named, first of the report."""
    ended = stopped("web", "UserInitiated", "Task stopped by user")
    event = TrailEvent(event_name="StopTask", event_time=ago(minutes=2), username="ada", resource=ended.task_arn)

    told = report(cluster(failing(), tasks=[ended], trail=(event,)))

    assert told.findings[0].code == "ECS-T109"
    assert told.findings[0].summary == "A task of web was stopped by ada."


def test_without_cloudtrail_the_call_alone_is_told() -> None:
    """Given no event of CloudTrail, then nobody is named."""
    finding = one(stopped_by_somebody, cluster(failing(), tasks=[stopped("web", "UserInitiated")]))

    assert finding.summary == "A task of web was stopped by a call of StopTask."
