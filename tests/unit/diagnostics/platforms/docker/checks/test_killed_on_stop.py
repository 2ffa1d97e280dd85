"""DKR-C103: a container ignored the request to stop and was killed."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.docker.checks.killed_on_stop import killed_on_stop
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, event, findings, host


def stopped(*signals: tuple[str, float], **differs: Any) -> Snapshot:
    """Give a host whose container got these signals so many seconds before it ended, five minutes ago."""
    one = container(status="exited", **{"exit_code": 137} | differs)
    sent = tuple(event("kill", one, at=ago(minutes=5, seconds=before), signal=number) for number, before in signals)
    return host(one, events=(event("start", one, at=ago(hours=2)), *sent))


@pytest.mark.parametrize("waited", [10, 60, 600])
def test_a_container_that_ignores_stop_is_told(waited: int) -> None:
    """Given SIGTERM and, some time later, SIGKILL, then the finding tells how long was waited, and calls it no OOM."""
    (finding,) = findings(killed_on_stop, stopped(("15", waited), ("9", 0)))

    assert finding.summary == (
        f"web-1 ignored SIGTERM for {waited} s and was killed at 02:55 UTC; whatever it was doing was cut off."
    )
    assert finding.evidence[0].source == "GET /events"
    assert finding.evidence[0].value.endswith("02:55:00 UTC SIGKILL")


def test_the_containers_own_stop_signal_is_named() -> None:
    """Given a container with a stop signal of its own, then that is the one it ignored."""
    (finding,) = findings(killed_on_stop, stopped(("3", 10), ("9", 0), stop_signal="SIGQUIT"))

    assert "ignored SIGQUIT for 10 s" in finding.summary


@pytest.mark.parametrize(
    "well",
    [
        stopped(("15", 2), exit_code=0),
        stopped(("15", 2), exit_code=143),
        stopped(("15", 2)),
        stopped(("9", 0)),
        stopped(("9", 1), ("9", 0)),
        stopped(("1", 10), ("9", 0)),
        stopped(("15", 10), ("9", 0), exit_code=0),
        stopped(("15", 10), ("9", 0), oom_killed=True),
        stopped(("15", 7_200), ("9", 0)),
        stopped(),
    ],
    ids=[
        *("obeyed", "ended by the signal", "never killed", "docker kill", "docker kill twice", "a reload first"),
        *("ended by itself", "out of memory", "hours apart", "no event"),
    ],
)
def test_what_is_no_ignored_stop_is_left_alone(well: Snapshot) -> None:
    """Given an end of another kind, then nothing is found."""
    assert findings(killed_on_stop, well) == []
