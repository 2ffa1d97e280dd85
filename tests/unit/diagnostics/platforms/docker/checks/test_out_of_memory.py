"""DKR-C102: the kernel ended a container for its memory, by the engine's own word."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Finding
from sickbay.diagnostics.platforms.docker.checks.out_of_memory import out_of_memory
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.engine import Event
from tests.unit.diagnostics.platforms.docker.hosts import MIB, NOW, ago, container, event, findings, host


def found(one: Container, *events: Event) -> Finding:
    (finding,) = findings(out_of_memory, host(one, events=events))
    return finding


def killed(**differs: Any) -> Container:
    return container(status="exited", exit_code=137, **{"oom_killed": True, "memory_swap": 1024 * MIB} | differs)


def test_the_engines_flag_is_enough() -> None:
    """Given OOMKilled, then the finding tells limit and time, and the command raises memory and swap together."""
    finding = found(killed())

    assert finding.summary == (
        "The kernel killed a process of web-1 for using more than its limit of 512 MiB, last at 02:55 UTC."
    )
    assert [item.source.split()[-1] for item in finding.evidence] == ["State.OOMKilled", "HostConfig.Memory"]
    assert finding.remedy is not None
    assert finding.remedy.command == "docker update --memory 1024m --memory-swap 1536m web-1"


@pytest.mark.parametrize("swap", [0, -1])
def test_swap_that_is_not_limited_is_left_alone(swap: int) -> None:
    """Given no limit of swap, then the command sets none: it would take swap away."""
    finding = found(killed(memory_swap=swap))

    assert finding.remedy is not None
    assert finding.remedy.command == "docker update --memory 1024m web-1"


def test_events_are_counted() -> None:
    """Given three `oom` events, then the finding tells how often, since when, and shows them."""
    one = container()
    finding = found(one, *(event("oom", one, at=ago(minutes=n)) for n in (20, 10, 2)))

    assert finding.summary.endswith(", last at 02:58 UTC, 3 times since 02:40 UTC.")
    assert (finding.count, finding.first_seen, finding.last_seen) == (3, ago(minutes=20), ago(minutes=2))
    assert [item.value for item in finding.evidence if item.source == "GET /events"][-1] == "02:58:00 UTC oom web-1"


def test_a_process_inside_a_running_container() -> None:
    """Given OOMKilled on a running container and no event, then no time is made up."""
    finding = found(container(oom_killed=True))

    assert finding.summary.endswith("limit of 512 MiB, since it last started.")
    assert finding.last_seen is None


@pytest.mark.parametrize("limit", [0, -1])
def test_without_a_limit_the_host_ran_short(limit: int) -> None:
    """Given no limit, then it was the host's memory, and the check's own remedy holds."""
    finding = found(killed(memory=limit))

    assert "more than the host had left" in finding.summary
    assert finding.remedy is None


@pytest.mark.parametrize(
    "well",
    [
        container(status="exited", exit_code=137),
        container(status="exited", exit_code=137, restart_count=9),
        killed(finished_at=ago(hours=25)),
        container(),
    ],
    ids=["137 alone", "137 in a loop", "before the window", "healthy"],
)
def test_without_the_engines_word_nothing_is_said(well: Container) -> None:
    """Given 137 without a word of the engine, or one from before the window, then nothing is found."""
    assert findings(out_of_memory, host(well)) == []


def test_the_edge_of_the_window_counts() -> None:
    """Given an end at the window's edge to the second, then it counts."""
    assert findings(out_of_memory, host(killed(finished_at=ago(hours=24)), taken_at=NOW)) != []


def test_another_containers_event_is_not_this_ones() -> None:
    """Given an `oom` event of another container, then this one is left alone."""
    assert findings(out_of_memory, host(container(), events=(event("oom", container("db-1")),))) == []
