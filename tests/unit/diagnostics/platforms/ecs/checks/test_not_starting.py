"""ECS-S103: a service's tasks stop again and again."""

from sickbay.diagnostics.platforms.ecs.checks.not_starting import not_starting
from tests.unit.diagnostics.platforms.ecs.clusters import (
    ago,
    cluster,
    event,
    failing,
    found,
    one,
    report,
    service,
    stopped,
)

GONE = "Essential container in task exited"


def test_the_schedulers_message_is_enough() -> None:
    """Given that the scheduler says so, then it is told, with the message."""
    said = event("(service web) is unable to consistently start tasks successfully. For more information, see …")

    finding = one(not_starting, cluster(failing(events=[said])))

    assert finding.summary == "web does not keep its tasks up: the scheduler waits before it tries again."


def test_three_tasks_that_failed_lately_are_a_loop() -> None:
    """Given three tasks that exited within 15 minutes, then the loop is told, and the exits are its cause."""
    tasks = [stopped("web", "EssentialContainerExited", GONE, app={"exitCode": 1}, id=nth * 32) for nth in "123"]
    snapshot = cluster(service(), tasks=tasks)

    assert one(not_starting, snapshot).count == 3
    assert [item.code for item in report(snapshot).causes] == ["ECS-T104"]


def test_tasks_that_a_deployment_replaced_are_no_loop() -> None:
    """Given tasks that the scheduler itself stopped for a deployment, or that failed long ago, then nothing is said."""
    meant = [
        stopped("web", "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", id=nth * 32)
        for nth in "1234"
    ]
    old = [stopped("web", "EssentialContainerExited", GONE, at=ago(minutes=50), id=nth * 32) for nth in "567"]

    assert found(not_starting, cluster(service(), tasks=[*meant, *old])) == []
