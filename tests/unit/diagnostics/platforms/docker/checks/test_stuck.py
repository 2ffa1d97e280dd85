"""DKR-C112: a container that is neither running nor gone."""

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.stuck import stuck
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.containers import Processes
from tests.unit.diagnostics.platforms.docker.checks.ill import ZOMBIES
from tests.unit.diagnostics.platforms.docker.hosts import NOW, ago, container, event, findings, host

PAUSED = container(status="paused", started_at=ago(hours=5))


@pytest.mark.parametrize(("minutes", "told"), [(59, False), (60, True), (180, True)])
def test_an_hour_of_pause_is_told(minutes: int, told: bool) -> None:
    """Given a pause of which the engine knows the beginning, then an hour and more is told."""
    found = findings(stuck, host(PAUSED, events=(event("pause", PAUSED, at=ago(minutes=minutes)),)))

    assert [item.summary for item in found] == (
        [f"web-1 has been paused for {minutes / 60:.0f} h: frozen, it answers nobody."] if told else []
    )


def test_a_pause_is_proved_by_its_event() -> None:
    """Given the event of the pause, then it is evidence, the finding is observed, and the command unpauses."""
    (finding,) = findings(stuck, host(PAUSED, events=(event("pause", PAUSED, at=ago(hours=3)),)))

    assert finding.confidence is Confidence.OBSERVED
    assert finding.evidence[1].value == "2026-11-24 00:00:00 UTC pause web-1"
    assert (finding.first_seen, finding.last_seen) == (ago(hours=3), NOW)
    assert finding.remedy is not None
    assert finding.remedy.command == "docker unpause web-1"


def test_the_last_pause_counts() -> None:
    """Given a pause three hours ago and another a minute ago, then the last one counts."""
    events = tuple(event("pause", PAUSED, at=moment) for moment in (ago(hours=3), ago(minutes=1)))

    assert findings(stuck, host(PAUSED, events=events)) == []


def test_a_forgotten_pause_is_inferred() -> None:
    """Given no event, then the start bounds how long it can have been paused, and the finding says so."""
    (finding,) = findings(stuck, host(PAUSED))

    assert "has been paused for up to 5 h" in finding.summary
    assert finding.confidence is Confidence.INFERRED


@pytest.mark.parametrize("status", ["dead", "removing"])
@pytest.mark.parametrize(("minutes", "told"), [(9, False), (10, True)])
def test_dying_for_ten_minutes_is_told(status: str, minutes: int, told: bool) -> None:
    """Given a container that is dead or being removed, then ten minutes and more are told."""
    found = findings(stuck, host(container(status=status, finished_at=ago(minutes=minutes))))

    assert [item.summary for item in found] == (
        [f"web-1 has been {status} since 02:50 UTC and cannot be removed."] if told else []
    )


def test_a_container_that_never_ran_dies_since_it_was_made() -> None:
    """Given a dead container that never ran, then it is told since it was made, and without a time not at all."""
    (finding,) = findings(stuck, host(container(status="dead", finished_at=NEVER, created=ago(hours=1))))

    assert "since 02:00 UTC" in finding.summary
    assert findings(stuck, host(container(status="dead", finished_at=NEVER, created=NEVER))) == []


def test_zombies_are_told() -> None:
    """Given three zombies in the list of processes, then they are told with their proof."""
    (finding,) = findings(stuck, host(container(processes=ZOMBIES)))

    assert finding.summary == "web-1 holds 3 zombie processes that its process 1 does not collect."
    assert finding.evidence[0].source == "GET /containers/web-1/top"
    assert finding.count == 3


@pytest.mark.parametrize(
    "well",
    [
        container(processes=Processes(titles=ZOMBIES.titles, processes=ZOMBIES.processes[:3])),
        container(processes=Processes(titles=("CMD",), processes=((), ("defunct",)))),
        container(status="paused", started_at=NEVER),
        container(status="exited", finished_at=ago(days=1)),
        container(),
    ],
    ids=["two zombies", "none", "no time told", "exited", "running"],
)
def test_what_is_not_stuck_is_left_alone(well: Container) -> None:
    """Given few zombies, no times, or a container that is in no such state, then nothing is found."""
    assert findings(stuck, host(well)) == []
