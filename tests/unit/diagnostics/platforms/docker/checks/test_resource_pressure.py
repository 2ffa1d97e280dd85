"""DKR-C108: a container runs against one of its limits."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.resource_pressure import resource_pressure
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.statistics import CpuStats, MemoryStats, PidsStats, Stats, Throttling
from tests.unit.diagnostics.platforms.docker.hosts import MIB, container, findings, host, stats


def summaries(snapshot: Snapshot) -> list[str]:
    return [item.summary for item in findings(resource_pressure, snapshot)]


def using(sample: Stats, **differs: object) -> Snapshot:
    return host(container("web-1", samples=(sample,), **differs))


def throttled(periods: int, held_back: int, *, before: int = 1_000) -> Snapshot:
    first = Throttling(periods=before, throttled_periods=before)
    last = Throttling(periods=before + periods, throttled_periods=before + held_back)
    return host(container(samples=tuple(stats(cpu_stats=CpuStats(throttling_data=item)) for item in (first, last))))


@pytest.mark.parametrize(("used", "told"), [(460, False), (461, True), (512, True)])
def test_memory_counts_from_nine_tenths(used: int, told: bool) -> None:
    """Given a limit of 512 MiB, then 460.8 MiB and more are told."""
    found = summaries(using(stats(memory_stats=MemoryStats(usage=used * MIB))))

    assert found == ([f"web-1 uses {used} of 512 MiB of its memory limit."] if told else [])


@pytest.mark.parametrize("counter", ["inactive_file", "total_inactive_file"])
def test_file_cache_is_not_use(counter: str) -> None:
    """Given a container whose memory is mostly file cache, then it is not against its limit."""
    cached = MemoryStats(usage=510 * MIB, stats={counter: 300 * MIB})

    assert summaries(using(stats(memory_stats=cached))) == []


@pytest.mark.parametrize(
    ("periods", "held_back", "told"), [(20, 5, True), (20, 4, False), (5, 5, True), (4, 4, False), (0, 0, False)]
)
def test_throttling_counts_from_a_quarter(periods: int, held_back: int, told: bool) -> None:
    """Given the periods between two samples, then a quarter held back is told, and fewer than five say nothing."""
    found = summaries(throttled(periods, held_back))

    assert found == ([f"web-1 was held back by its CPU limit in {held_back} of {periods} periods."] if told else [])


def test_old_throttling_is_not_told() -> None:
    """Given a container that was held back in the past only, then nothing is found: counters only grow."""
    assert summaries(throttled(20, 0)) == []


def test_counters_that_start_again_are_not_told() -> None:
    """Given a container restarted between the samples, whose counters begin anew, then nothing is found."""
    assert summaries(throttled(-900, -900)) == []


@pytest.mark.parametrize(("count", "told"), [(89, False), (90, True), (100, True)])
def test_processes_count_from_nine_tenths(count: int, told: bool) -> None:
    """Given a limit of 100 processes, then 90 and more are told."""
    found = summaries(using(stats(pids_stats=PidsStats(current=count))))

    assert found == ([f"web-1 runs {count} of 100 processes that it may have."] if told else [])


@pytest.mark.parametrize("limit", [0, -1, None])
def test_what_has_no_limit_is_not_against_it(limit: int | None) -> None:
    """Given no limits, then any use is well."""
    heavy = stats(memory_stats=MemoryStats(usage=9_000 * MIB), pids_stats=PidsStats(current=9_000))

    assert summaries(using(heavy, memory=limit or 0, pids_limit=limit)) == []


def test_two_pressures_are_one_finding() -> None:
    """Given memory and processes at their limits, then one finding tells both, with a proof for each."""
    heavy = stats(memory_stats=MemoryStats(usage=512 * MIB), pids_stats=PidsStats(current=100))
    (finding,) = findings(resource_pressure, using(heavy))

    assert finding.summary.count(" and ") == 1
    assert [item.source for item in finding.evidence] == [
        "GET /containers/web-1/stats memory_stats",
        "GET /containers/web-1/stats pids_stats",
    ]


@pytest.mark.parametrize(
    "silent",
    [host(container(samples=())), host(container(samples=(Stats(), Stats()))), host(container(status="exited"))],
)
def test_without_statistics_nothing_is_said(silent: Snapshot) -> None:
    """Given no samples, empty ones, or a container that does not run, then nothing is found."""
    assert summaries(silent) == []
