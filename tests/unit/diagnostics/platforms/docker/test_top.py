"""The ranking of containers: from two samples a second apart, and from the ends of their logs."""

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.model import Table
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.top import top
from sickbay.diagnostics.platforms.docker.wire.containers import Processes
from sickbay.diagnostics.platforms.docker.wire.statistics import (
    BlkioEntry,
    BlkioStats,
    CpuStats,
    CpuUsage,
    MemoryStats,
    Stats,
    Throttling,
    Traffic,
)
from sickbay.diagnostics.targets import TOPS, Request
from tests.unit.diagnostics.platforms.docker.hosts import MIB, ago, container, host, log, report, stats


def ranked(what: str, *containers: Container) -> Table:
    return top(host(*containers, request=Request(top=what)))[0]


def sampled(name: str, first: Stats, last: Stats, **differs: object) -> Container:
    """A container of which two samples were read, two seconds apart."""
    return container(name, samples=(replace(first, read=ago(seconds=2)), replace(last, read=ago())), **differs)


def processor(seconds: float, periods: int = 0, throttled: int = 0) -> Stats:
    throttling = Throttling(periods=periods, throttled_periods=throttled)
    return stats(cpu_stats=CpuStats(cpu_usage=CpuUsage(total_usage=int(seconds * 1e9)), throttling_data=throttling))


def test_by_cpu() -> None:
    """Given containers that used 3 and 0.5 seconds of processor in two seconds, then the first is first, with 150 %."""
    busy = sampled("busy", processor(10, 100, 5), processor(13, 120, 10), nano_cpus=1_500_000_000)
    idle = sampled("idle", processor(1), processor(1.5), nano_cpus=0)

    assert ranked("cpu", idle, busy).rows == (("busy", "150.0 %", "25.0 %", "150.0 %"), ("idle", "25.0 %", "—", "none"))


def test_processes_by_their_time() -> None:
    """Given processes as ps lists them, when ranked by CPU, then a table of theirs has the one that used most first."""
    titles = ("UID", "PID", "TIME", "CMD")
    web = container("web", processes=Processes(titles=titles, processes=(("0", "1", "00:01:05", "serve --port 80"),)))
    old = container(
        "old", processes=Processes(titles=titles, processes=(("0", "7", "2-00:00:00", "java"), ("0", "8", "?", "x")))
    )

    _, table = top(host(web, old, container("unlisted"), request=Request(top="cpu")))

    assert table.title == "Top by CPU time since their start: 2 processes"
    assert table.rows == (("java", "old", "2-00:00:00"), ("serve --port 80", "web", "00:01:05"))


def test_by_memory() -> None:
    """Given what containers use, when ranked, then pages that can be given back do not count, and limits are told."""
    full = stats(memory_stats=MemoryStats(usage=400 * MIB, stats={"inactive_file": 144 * MIB}))
    small = stats(memory_stats=MemoryStats(usage=10 * MIB))

    rows = ranked("memory", sampled("small", small, small, memory=0), sampled("large", full, full)).rows

    assert rows == (("large", "256.0 MiB", "512.0 MiB", "50.0 %"), ("small", "10.0 MiB", "none", "—"))


def test_by_network() -> None:
    """Given traffic on two interfaces, when ranked, then it is added up; one on the host's network has none to tell."""
    before = stats(networks={"eth0": Traffic(), "eth1": Traffic(tx_bytes=50)})
    after = stats(networks={"eth0": Traffic(rx_bytes=2000, rx_dropped=3), "eth1": Traffic(tx_bytes=150)})

    rows = ranked("net", sampled("quiet", stats(), stats()), sampled("loud", before, after)).rows

    assert rows == (("loud", "1.0 kB/s", "50 B/s", "3"), ("quiet", "—", "—", "—"))


@pytest.mark.parametrize(("read", "write"), [("read", "write"), ("Read", "Write")], ids=["cgroup v2", "cgroup v1"])
def test_by_disk(read: str, write: str) -> None:
    """Given bytes read and written on two devices, when ranked, then they are added up; equals stand by their layer."""
    moved = (BlkioEntry(op=read, value=1000), BlkioEntry(op=read, value=1000), BlkioEntry(op=write, value=4_000_000))
    after = stats(blkio_stats=BlkioStats(io_service_bytes_recursive=moved))
    still, grown = (sampled(name, stats(), stats(), size_rw=size) for name, size in (("a", -1), ("b", 5_000_000)))

    rows = ranked("disk", still, grown, sampled("writer", stats(), after)).rows

    assert rows == (
        ("writer", "1.0 kB/s", "2.0 MB/s", "1.0 MB"),
        ("b", "0 B/s", "0 B/s", "5.0 MB"),
        ("a", "0 B/s", "0 B/s", "—"),
    )


def test_by_errors() -> None:
    """Given logs and restarts, when ranked, then errors within the window count, and what is well is left out."""
    loud = container("loud", log=log("ERROR: no database", "all is well", "fatal: gave up"))
    old = container("old", log=log("ERROR: long ago", at=ago(days=3)))
    again = container("again", restart_count=1)

    table = ranked("errors", container("well"), old, again, loud)

    assert table.rows == (("loud", "2", "0", "fatal: gave up"), ("again", "0", "1", "—"))


def test_a_container_without_two_samples_is_not_ranked() -> None:
    """Given a container that stopped, or whose samples are of one moment, when ranked, then it is left out."""
    stopped = container("stopped", status="exited")
    once = container("once", samples=(stats(), stats()))

    assert ranked("cpu", stopped, once).rows == ()


@pytest.mark.parametrize("what", TOPS)
def test_the_report_carries_what_was_asked_for(what: str) -> None:
    """Given a request for a ranking, when the host is judged, then the report has its table with a cell a column."""
    table, *_ = report(host(container(log=log("error")), request=Request(top=what))).tables

    assert all(len(row) == len(table.columns) for row in table.rows)
    assert table.rows


def test_without_being_asked_there_is_no_table() -> None:
    """Given a request without a ranking, when the host is judged, then the report has no table."""
    assert report(host(container())).tables == ()


def test_a_secret_in_a_log_line_is_hidden() -> None:
    """Given an error with a password, when it is ranked, then the report's cell does not tell it."""
    loud = container(log=log("error: password=correct-horse-battery refused"))

    (table,) = report(host(loud, request=Request(top="errors"))).tables

    assert "correct-horse" not in str(table.rows)


def test_a_ranking_that_fails_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a ranking that raises, when the host is judged, then the findings are there, and a gap in its place."""
    monkeypatch.setattr("sickbay.diagnostics.platforms.docker.top.top", lambda _host: 1 / 0)

    judged = report(host(container(status="exited", exit_code=3), request=Request(top="cpu")))

    assert [item.code for item in judged.findings] == ["DKR-C101"]
    assert [gap.what for gap in judged.gaps] == ["the tables asked for"]
