"""DKR-C104: a container starts, ends and is started again, over and over."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.restart_loop import restart_loop
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import RestartPolicy
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, event, findings, host


def dying(one: Container, *minutes: float) -> Snapshot:
    return host(one, events=tuple(event("die", one, at=ago(minutes=age), exitCode="1") for age in minutes))


def test_three_ends_in_ten_minutes_are_a_loop() -> None:
    """Given three ends within ten minutes, though it runs just now, then the loop is told with its times."""
    (finding,) = findings(restart_loop, dying(container(restart_count=7), 10, 5, 1))

    assert finding.summary == "web-1 has ended and been started again 3 times in 10 min and is not staying up."
    assert (finding.first_seen, finding.last_seen, finding.count) == (ago(minutes=10), ago(minutes=1), 3)
    assert finding.remedy is not None
    assert finding.remedy.command == "docker update --restart on-failure:5 web-1"


@pytest.mark.parametrize("minutes", [(5, 1), (10.1, 5, 1), ()], ids=["two ends", "one is too old", "none"])
def test_fewer_ends_are_none(minutes: tuple[float, ...]) -> None:
    """Given fewer than three ends within ten minutes, then it is no loop."""
    assert findings(restart_loop, dying(container(restart_count=2), *minutes)) == []


def test_a_loop_that_waits_is_told_by_its_count() -> None:
    """Given a container that waits to be restarted after a short run, then three restarts so far are a loop."""
    waiting = container(status="restarting", restart_count=3, started_at=ago(minutes=6))

    (finding,) = findings(restart_loop, host(waiting))

    assert "started again 3 times so far and is not staying up" in finding.summary


@pytest.mark.parametrize(
    "well",
    [
        host(container(status="restarting", restart_count=2, started_at=ago(minutes=6))),
        host(container(status="restarting", restart_count=30, started_at=ago(days=9))),
        host(container(restart_count=30)),
        host(container(restart_count=30, started_at=ago(minutes=1))),
        dying(container(restart_policy=RestartPolicy(name="no")), 3, 2, 1),
        dying(container(restart_policy=RestartPolicy()), 3, 2, 1),
    ],
    ids=["twice", "once after nine days", "long ago", "no end seen", "no policy", "no policy named"],
)
def test_what_is_no_loop_is_left_alone(well: Snapshot) -> None:
    """Given restarts that are few, old or nobody's, then nothing is found."""
    assert findings(restart_loop, well) == []


def test_restarts_by_hand_are_no_loop() -> None:
    """Given a person who restarts the container three times, then nothing is found."""
    one = container()
    events = [
        item
        for age in (6, 4, 2)
        for item in (event("kill", one, at=ago(minutes=age), signal="15"), event("die", one, at=ago(minutes=age)))
    ]

    assert findings(restart_loop, host(one, events=tuple(events))) == []


def test_a_recent_start_and_end_with_a_high_count_are_a_loop() -> None:
    """Given a start and an end within ten minutes and three restarts, then the slow loop is told."""
    slow = container(restart_count=3, started_at=ago(minutes=4))

    assert len(findings(restart_loop, dying(slow, 5))) == 1
