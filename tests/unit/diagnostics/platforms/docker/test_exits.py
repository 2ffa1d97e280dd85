"""How a container ended: its code, its moment, who asked for it, and whether anyone would still know."""

from datetime import timedelta
from typing import Any

import pytest

from sickbay.diagnostics.exit_codes import signal_name, signal_of
from sickbay.diagnostics.platforms.docker.exits import clock, ended_for_memory, last_exit
from tests.unit.diagnostics.platforms.docker.hosts import NOW, ago, container, event, host

DOWN = container(status="exited", exit_code=3)  # ended five minutes ago


@pytest.mark.parametrize("status", ["exited", "dead", "restarting"])
def test_a_container_that_is_down_has_ended(status: str) -> None:
    """Given a container that is down or waits to be restarted, then its end is what its state says."""
    down = container(status=status, exit_code=3)
    end = last_exit(host(down), down)

    assert end is not None
    assert (end.code, end.at) == (3, ago(minutes=5))
    assert [(item.source, item.value) for item in end.evidence] == [
        ("GET /containers/web-1/json State.ExitCode", "3"),
        ("GET /containers/web-1/json State.FinishedAt", "2026-11-24 02:55:00 UTC"),
    ]


@pytest.mark.parametrize("status", ["running", "paused", "created", "removing"])
def test_a_container_that_is_not_down_has_not_ended(status: str) -> None:
    """Given a container in any other state, then it has no end."""
    one = container(status=status, exit_code=3)

    assert last_exit(host(one), one) is None


def test_a_container_that_was_restarted_has_ended_before() -> None:
    """Given a running container that the policy restarted, then its last end is that of the last event, and says so."""
    one = container(restart_count=2)
    events = (event("die", one, at=ago(minutes=9), exitCode="1"), event("die", one, at=ago(minutes=7), exitCode="4"))
    end = last_exit(host(one, events=events), one)

    assert end is not None
    assert (end.code, end.at) == (4, ago(minutes=7))
    assert [(item.source, item.value) for item in end.evidence] == [
        ("GET /events", "2026-11-24 02:53:00 UTC die web-1 exitCode=4")
    ]


@pytest.mark.parametrize(
    ("attributes", "code"), [({"containerExitCode": "7"}, 7), ({}, 0), ({"exitCode": "odd"}, 0), ({"exitCode": ""}, 0)]
)
def test_podman_names_the_code_in_its_own_way(attributes: dict[str, Any], code: int) -> None:
    """Given an event without Docker's attribute, then Podman's is read, and what is no number counts as 0."""
    one = container(restart_count=1)
    end = last_exit(host(one, events=(event("die", one, **attributes),)), one)

    assert end is not None
    assert end.code == code


@pytest.mark.parametrize(("age", "counts"), [(timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False)])
def test_an_end_before_the_window_does_not_count(age: timedelta, counts: bool) -> None:
    """Given an end at the window's edge, then it counts; a second earlier, and it does not."""
    old = container(status="exited", exit_code=3, finished_at=NOW - age)

    assert (last_exit(host(old), old) is not None) is counts


def test_a_command_that_could_not_run_has_ended_with_its_code() -> None:
    """Given a created container whose command the runtime refused, then that is an end; a refused mount is none."""
    error = 'exec: "serve": executable file not found in $PATH: unknown'
    refused = container(status="created", exit_code=127, error=error)
    mount = container(status="created", exit_code=127, error="error mounting /x: no such file or directory")
    end = last_exit(host(refused), refused)

    assert end is not None
    assert end.code == 127
    assert [item.source for item in end.evidence][-1] == "GET /containers/web-1/json State.Error"
    assert last_exit(host(mount), mount) is None


def asked(*signals: tuple[str, float], **differs: Any) -> list[int]:
    """Give the numbers of the signals that count as asked for, sent so many seconds before the end."""
    one = container(status="exited", exit_code=137, **differs)
    events = tuple(event("kill", one, at=ago(minutes=5, seconds=before), signal=number) for number, before in signals)
    end = last_exit(host(one, events=events), one)
    assert end is not None
    return [item.number for item in end.asked]


def test_docker_stop_is_asked() -> None:
    """Given SIGTERM and then SIGKILL just before the end, then both were asked for, in this order."""
    assert asked(("15", 10.2), ("9", 0.1)) == [15, 9]
    assert asked(("15", 2)) == [15]


def test_a_long_stop_is_asked() -> None:
    """Given SIGKILL just before the end and SIGTERM ten minutes before, as `docker stop --time 600`, then both are."""
    assert asked(("15", 600), ("9", 0)) == [15, 9]


@pytest.mark.parametrize(("before", "counts"), [(15, True), (15.5, False)])
def test_a_signal_counts_for_as_long_as_docker_waits(before: float, counts: bool) -> None:
    """Given a SIGTERM alone, then it counts within the stop timeout of 10 s and 5 s more."""
    assert (asked(("15", before)) == [15]) is counts


@pytest.mark.parametrize(
    ("timeout", "before", "counts"), [(60, 64, True), (60, 66, False), (0, 14, True), (-1, 14, True)]
)
def test_the_containers_own_stop_timeout_counts(timeout: int, before: float, counts: bool) -> None:
    """Given a stop timeout of its own, then a signal counts for that long; none or endless, the default's."""
    assert (asked(("15", before), stop_timeout=timeout) == [15]) is counts


@pytest.mark.parametrize("number", ["1", "10", "28", "odd", ""])
def test_a_signal_that_ends_nothing_does_not_count(number: str) -> None:
    """Given SIGHUP, SIGUSR1, SIGWINCH or nonsense just before the end, then nobody asked for the end."""
    assert asked((number, 1)) == []


@pytest.mark.parametrize(("signal", "number"), [("SIGWINCH", "28"), ("WINCH", "28"), ("28", "28"), ("", "15")])
def test_the_containers_own_stop_signal_counts(signal: str, number: str) -> None:
    """Given a container with a stop signal of its own, then that signal asks it to end."""
    assert asked((number, 1), stop_signal=signal) == [int(number)]


def test_an_odd_stop_signal_is_taken_for_the_default() -> None:
    """Given a stop signal that is not known here, then SIGTERM still counts."""
    assert asked(("15", 1), stop_signal="SIGODD") == [15]


def test_what_is_older_than_all_events_is_not_remembered() -> None:
    """Given an end, then the engine would know who asked for it only if it still knows of something before it."""
    before, after = (
        event("pull", "x", kind="image", at=ago(hours=1)),
        event("pull", "x", kind="image", at=ago(minutes=1)),
    )

    for events, remembered in (((before, after), True), ((after,), False), ((), False)):
        end = last_exit(host(DOWN, events=events), DOWN)
        assert end is not None
        assert end.remembered is remembered


@pytest.mark.parametrize(("seconds", "blamed"), [(0, True), (60, True), (61, False), (-60, True), (3600, False)])
def test_only_a_near_oom_event_ended_it(seconds: float, blamed: bool) -> None:
    """Given an `oom` event and an end, then the one is put down to the other only within a minute."""
    snapshot = host(DOWN, events=(event("oom", DOWN, at=ago(minutes=5, seconds=seconds)),))
    end = last_exit(snapshot, DOWN)

    assert end is not None
    assert ended_for_memory(snapshot, DOWN, end) is blamed


@pytest.mark.parametrize(
    ("code", "number"),
    [(0, None), (1, None), (128, None), (129, 1), (137, 9), (143, 15), (192, 64), (193, None), (255, None)],
)
def test_codes_above_128_are_signals(code: int, number: int | None) -> None:
    """Given an exit code, then it is a signal's from 129 up to the last signal there is."""
    assert signal_of(code) == number


def test_signals_have_names() -> None:
    """Given a number, then its name; a number without one is still told."""
    assert (signal_name(9), signal_name(40)) == ("SIGKILL", "signal 40")


def test_a_moment_has_its_day_where_it_is_not_today() -> None:
    """Given a moment, then its day is told only where one would take it for today's."""
    assert clock(ago(minutes=5), NOW) == "02:55 UTC"
    assert clock(ago(hours=4), NOW) == "23:00 UTC on 23 November"
