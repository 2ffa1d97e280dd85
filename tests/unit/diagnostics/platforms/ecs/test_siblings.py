"""What separates failed tasks from those that run is evidence; what they share with them is not."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.ecs.checks.container_exited import container_exited
from sickbay.diagnostics.platforms.ecs.siblings import difference
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, failing, instance, one, service, stopped, task

HERE, THERE = instance(), instance("i-0a1b2c3d4e5f60719")


def failed(number: str, **differs: Any) -> Task:
    """Give a task that exited."""
    return stopped("web", "EssentialContainerExited", "Essential container in task exited", id=number * 32, **differs)


def told(ill: dict[str, Any], well: dict[str, Any], *, count: int = 2) -> list[str]:
    """Give what tells failed tasks with these fields from running ones with those."""
    tasks = [failed(number, **ill) for number in "123"[:count]]
    running = [task("web", id=letter * 32, **well) for letter in "ab"]
    snapshot = cluster(service(), tasks=[*tasks, *running], instances=(HERE, THERE))
    return [item.value for item in difference(snapshot, tasks)]


@pytest.mark.parametrize(
    ("ill", "well", "says"),
    [
        ({"revision": "web:3"}, {}, "task definition web:3"),
        (
            {"app": {"imageDigest": "sha256:1", "exitCode": 1}},
            {"app": {"imageDigest": "sha256:2"}},
            "image digest sha256:1",
        ),
        ({"platformVersion": "1.4.0"}, {"platformVersion": "1.3.0"}, "platform version 1.4.0"),
        ({"availabilityZone": "eu-west-1a"}, {"availabilityZone": "eu-west-1b"}, "availability zone eu-west-1a"),
        (
            {"containerInstanceArn": HERE.container_instance_arn},
            {"containerInstanceArn": THERE.container_instance_arn},
            f"instance {HERE.name}",
        ),
    ],
)
def test_what_all_that_failed_share_and_no_other_has_is_told(
    ill: dict[str, Any], well: dict[str, Any], says: str
) -> None:
    """Given two failed tasks and two that run, then the one thing that separates them is told."""
    assert told(ill, well) == [f"{says}: all 2 that failed, none of the 2 that run"]


def test_what_is_alike_or_not_known_separates_nothing() -> None:
    """Given tasks in the same zone, or of which some zone is not told, then nothing is said."""
    zone = {"availabilityZone": "eu-west-1a"}

    assert told(zone, zone) == []
    assert told(zone, {}) == []


def test_the_place_of_one_failed_task_tells_nothing() -> None:
    """Given a single failed task in a zone of its own, then the zone is not blamed."""
    assert told({"availabilityZone": "eu-west-1a"}, {"availabilityZone": "eu-west-1b"}, count=1) == []


def test_it_stands_in_the_finding_on_the_tasks() -> None:
    """Given tasks that exit in one zone and run in another, then the finding on their exit has it as evidence."""
    ill = [failed(number, availabilityZone="eu-west-1a", app={"exitCode": 1}) for number in "12"]
    well = task("web", id="a" * 32, availabilityZone="eu-west-1b")

    finding = one(container_exited, cluster(failing(runningCount=1), tasks=[*ill, well]))

    assert finding.evidence[-1].value.startswith("availability zone eu-west-1a: all 2 that failed")
