"""DKR-S105: the last update of a service did not go through."""

import pytest

from sickbay.diagnostics.platforms.swarm.checks.update_failed import update_failed
from sickbay.diagnostics.platforms.swarm.wire.services import ContainerSpec, ServiceSpec, TaskSpec
from tests.unit.diagnostics.platforms.swarm.swarms import ago, crashes, findings, service, swarm, task, update_status

BLAMED = "x" * 25
BEFORE = ServiceSpec(name="web", task_template=TaskSpec(container_spec=ContainerSpec(image="shop/web:1.3@sha256:0")))


def test_an_update_that_is_paused() -> None:
    """Given an update that stopped half-way, then its images, the failed task's error and the way back are told."""
    paused = update_status("paused", f"update paused due to failure or early termination of task {BLAMED}")
    failed = task("failed", "task: non-zero exit (3)", id=BLAMED)
    web = service(tasks=[failed, task(slot=2)], replicas=2, update_status=paused, previous_spec=BEFORE)

    (found,) = findings(update_failed, swarm(web))

    assert found.summary == (
        "web: its update from shop/web:1.3 to shop/web:1.4 is paused since 02:50 UTC on 24 November "
        '("task: non-zero exit (3)"); old and new tasks stand side by side.'
    )
    assert found.remedy
    assert found.remedy.command == "docker service rollback web"


def test_a_rollback_that_is_paused_too() -> None:
    """Given a rollback that stopped, then the old version is told as not running either."""
    stuck = service(update_status=update_status("rollback_paused", "rollback paused"))

    (found,) = findings(update_failed, swarm(stuck))

    assert "the old version does not run either" in found.summary


def test_an_update_that_was_rolled_back() -> None:
    """Given an update that its failed tasks took back, then the failure is told with the time of the rollback."""
    status = update_status("rollback_completed", "rollback completed", completed_at=ago(minutes=5))

    (found,) = findings(update_failed, swarm(service(tasks=[*crashes(8), task()], update_status=status)))

    assert found.summary.startswith("web: its update was rolled back at 02:55 UTC: the new tasks did not stay up")
    assert found.last_seen == ago(minutes=5)


@pytest.mark.parametrize(
    "well",
    [
        service(update_status=update_status("completed", "update completed")),
        service(update_status=update_status("updating", "update in progress")),
        service(update_status=update_status("rollback_completed", "rollback completed", completed_at=ago(minutes=5))),
        service(
            tasks=[*crashes(3000), task()],
            update_status=update_status(
                "rollback_completed", "x", started_at=ago(days=3), completed_at=ago(minutes=2990)
            ),
        ),
    ],
    ids=["completed", "under way", "a person's own rollback", "before the window"],
)
def test_updates_that_went_well_or_long_ago_are_left_alone(well: tuple) -> None:  # type: ignore[type-arg]
    """Given updates that nothing is wrong with, then nothing is found."""
    assert findings(update_failed, swarm(well)) == []
