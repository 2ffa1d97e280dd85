"""DKR-E109: clocks that differ."""

from datetime import timedelta

import pytest

from sickbay.diagnostics.platforms.docker.checks.clock import clock
from tests.unit.diagnostics.platforms.docker.hosts import NOW, findings, host, info


def told(skew: timedelta) -> str:
    return (NOW + skew).isoformat()


@pytest.mark.parametrize(
    ("skew", "says"),
    [
        (timedelta(seconds=61), "1 min ahead of"),
        (timedelta(minutes=-7), "7 min behind"),
        (timedelta(hours=5), "5 h ahead of"),
        (timedelta(days=-40), "40 days behind"),
    ],
)
def test_a_clock_that_is_off(skew: timedelta, says: str) -> None:
    """Given an engine's clock more than a minute away, when judged, then it is told by how much and which way."""
    (finding,) = findings(clock, host(info=info(system_time=told(skew)), info_seconds=0.2))

    assert finding.summary == f"host-7's clock is {says} Sickbay's: one of the two is wrong."


def test_a_minute_is_within_bounds() -> None:
    """Given a clock that is exactly a minute away, when judged, then nothing is said."""
    assert findings(clock, host(info=info(system_time=told(timedelta(seconds=60))), info_seconds=0.0)) == []


def test_a_slow_answer_is_no_skew() -> None:
    """Given an answer that took ten seconds, when its time is 63 s away, then half of the call may account for it."""
    assert findings(clock, host(info=info(system_time=told(timedelta(seconds=63))), info_seconds=10.0)) == []


def test_the_hosts_own_zone_is_no_skew() -> None:
    """Given the same moment in the host's zone with nanoseconds, as Podman writes it, then nothing is said."""
    assert findings(clock, host(info=info(system_time="2026-11-24T04:00:00.123456789+01:00"))) == []


@pytest.mark.parametrize("written", ["", "soon", "2026-11-24T09:00:00"])
def test_a_time_that_says_nothing(written: str) -> None:
    """Given no time, no time at all, or one without a zone, when judged, then nothing is said."""
    assert findings(clock, host(info=info(system_time=written))) == []
    assert findings(clock, host(info=info(system_time=told(timedelta(hours=1))), clock_at=None)) == []
