"""DKR-S104: a service's tasks end again and again."""

import pytest

from sickbay.diagnostics.model import Confidence, Finding
from sickbay.diagnostics.platforms.swarm.checks.crash_loop import crash_loop
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Quantities
from tests.unit.diagnostics.platforms.swarm.swarms import (
    ago,
    crashes,
    findings,
    log,
    membership,
    report,
    service,
    swarm,
    task,
    update_status,
)


def the(snapshot: Snapshot) -> Finding:
    (found,) = findings(crash_loop, snapshot)
    return found


def test_three_ends_in_ten_minutes_are_a_loop_though_it_runs_just_now() -> None:
    """Given three tasks that ended, and a fourth that runs, then the loop is told with its exit code and its log."""
    ended = crashes(9, 5, 1)
    snapshot = swarm(service(tasks=[*ended, task(at=ago(seconds=10))]), logs={ended[-1].id: log("FATAL: no database")})

    found = the(snapshot)

    assert found.summary == (
        "web has ended 3 times in 10 min and is not staying up: the last exited with code 3: the application reported "
        'an error; its last line was "FATAL: no database".'
    )
    assert (found.first_seen, found.last_seen, found.count) == (ago(minutes=9), ago(minutes=1), 3)
    assert found.evidence[-1].value.endswith("FATAL: no database")


def test_places_that_loop_are_counted_together() -> None:
    """Given two places that loop and one that does not, then one finding counts the two."""
    tasks = [*crashes(9, 5, 1), *crashes(8, 4, 2, slot=2), *crashes(3, slot=3)]

    found = the(swarm(service(replicas=3, tasks=tasks)))

    assert "has ended 6 times in 10 min in 2 of its places" in found.summary


def test_exit_code_137_is_no_proof_of_a_lack_of_memory() -> None:
    """Given tasks ended by SIGKILL, then the limit is told, and the question to ask the node's engine."""
    found = the(swarm(service(tasks=crashes(3, 2, 1, exit_code=137), limits=Quantities(memory_bytes=8 * 1024**2))))

    assert "it was ended by SIGKILL" in found.summary
    assert "memory" not in found.summary
    assert found.remedy
    assert "its memory limit is 8 MiB" in found.remedy.text
    assert found.remedy.command == "docker inspect --format '{{.State.OOMKilled}}' c0ffeec0ffee"


def test_a_health_check_that_fails() -> None:
    """Given tasks that the engine ended since their health check failed, then that is the reason, not the signal."""
    error = "task: non-zero exit (137): dockerexec: unhealthy container"

    found = the(swarm(service(tasks=crashes(3, 2, 1, exit_code=137, error=error))))

    assert "its health check failed, so the engine ended it" in found.summary


def test_a_program_that_ends_well_again_and_again() -> None:
    """Given a service whose program does not stay, then it is told to stay or to be a job."""
    found = the(swarm(service(tasks=[task("complete", at=ago(minutes=age)) for age in (3, 2, 1)])))

    assert found.remedy
    assert "make it a job" in found.remedy.text


def test_a_swarm_that_keeps_few_tasks_lets_it_only_be_inferred() -> None:
    """Given a swarm that keeps three tasks of a place, then two ends are a loop: inferred; with two kept, none is."""
    looping = service(tasks=crashes(3, 2))

    assert the(swarm(looping, info=membership(kept=3))).confidence is Confidence.INFERRED
    assert findings(crash_loop, swarm(service(tasks=crashes(2)), info=membership(kept=2))) == []


@pytest.mark.parametrize(
    "well",
    [
        service(tasks=crashes(3, 1)),
        service(tasks=crashes(13, 12, 1)),
        service(tasks=[task("rejected", "No such image: web:1", at=ago(minutes=age)) for age in (3, 2, 1)]),
        service(tasks=crashes(14, 13, 12), update_status=update_status("completed")),
        service(mode="job", tasks=[task("complete", at=ago(minutes=age)) for age in (3, 2, 1)]),
        service(tasks=[task("complete", at=ago(minutes=age)) for age in (3, 2, 1)], restarts="on-failure"),
    ],
    ids=["two", "two of them old", "never ran", "before the update", "job", "may end"],
)
def test_what_is_no_loop_is_left_alone(well: tuple) -> None:  # type: ignore[type-arg]
    """Given ends that are few, old, or meant, then nothing is found."""
    assert findings(crash_loop, swarm(well)) == []


def test_it_explains_the_shortage() -> None:
    """Given a loop that leaves its place empty just now, then the shortage stands under it."""
    judged = report(swarm(service(tasks=[*crashes(3, 2, 1), task("ready", at=ago(minutes=0))])))

    assert [(item.code, [one[:8] for one in item.explains]) for item in judged.causes] == [("DKR-S104", ["DKR-S103"])]
