"""The containers by what they use or how they fail, from what a diagnosis reads anyway: two samples and logs."""

import re
from collections.abc import Callable, Iterator, Mapping

from sickbay.diagnostics.model import Table
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.statistics import Stats
from sickbay.diagnostics.rankings import NOTHING, Row, memory, percent, ranked, size

#: Characters of a log line or a command in a cell.
_LINE = 80
#: Processor time as ps writes it: `[days-]hours:minutes:seconds`.
_TIME = re.compile(r"(?:(\d+)-)?(\d+):(\d\d):(\d\d)")


def top(host: Snapshot) -> tuple[Table, ...]:
    """Give the table of `--top`; for the processors also that of the processes, as far as they were listed."""
    rank = _RANKINGS[host.request.top]
    return (rank(host), _processes(host)) if rank is _cpu else (rank(host),)


def _cpu(host: Snapshot) -> Table:
    def row(container: Container, first: Stats, last: Stats, seconds: float) -> Row:
        used = (last.cpu_stats.cpu_usage.total_usage - first.cpu_stats.cpu_usage.total_usage) / (seconds * 1e9)
        before, after = first.cpu_stats.throttling_data, last.cpu_stats.throttling_data
        periods = after.periods - before.periods
        held = percent((after.throttled_periods - before.throttled_periods) / periods) if periods > 0 else NOTHING
        return (used,), (container.name, percent(used), held, _processors(container))

    return _sampled(host, "CPU", ("Container", "CPU", "Held back", "Limit"), row)


def _processes(host: Snapshot) -> Table:
    """Rank by the processor time that each has used since it began."""

    def rows() -> Iterator[Row]:
        for container in host.containers:
            titles = container.processes.titles if container.processes else ()
            at = titles.index("TIME") if "TIME" in titles else -1
            for row in container.processes.processes if container.processes and at >= 0 else ():
                if used := _TIME.fullmatch(row[at]):
                    days, hours, minutes, seconds = (int(part or 0) for part in used.groups())
                    spent = ((24 * days + hours) * 60 + minutes) * 60 + seconds
                    yield (spent,), (row[-1][:_LINE], container.name, row[at])

    return ranked("CPU time since their start", "process", ("Process", "Container", "CPU time"), rows())


def _memory(host: Snapshot) -> Table:
    def row(container: Container, _first: Stats, last: Stats, _seconds: float) -> Row:
        used, limit = last.memory_stats.working_set, container.inspect.host_config.memory
        share = percent(used / limit) if limit > 0 else NOTHING
        return (used,), (container.name, memory(used), memory(limit) if limit > 0 else "none", share)

    return _sampled(host, "memory", ("Container", "Memory", "Limit", "Used of it"), row)


def _net(host: Snapshot) -> Table:
    def row(container: Container, first: Stats, last: Stats, seconds: float) -> Row:
        received, sent = (
            sum(getattr(item, field) for item in last.networks.values())
            - sum(getattr(item, field) for item in first.networks.values())
            for field in ("rx_bytes", "tx_bytes")
        )
        lost = sum(
            item.rx_errors + item.tx_errors + item.rx_dropped + item.tx_dropped for item in last.networks.values()
        )
        if not last.networks:
            return (-1,), (container.name, NOTHING, NOTHING, NOTHING)
        return (received + sent,), (container.name, _rate(received, seconds), _rate(sent, seconds), f"{lost}")

    return _sampled(host, "network", ("Container", "Received", "Sent", "Lost packets"), row)


def _disk(host: Snapshot) -> Table:
    def row(container: Container, first: Stats, last: Stats, seconds: float) -> Row:
        read, written = (_moved(last, way) - _moved(first, way) for way in ("read", "write"))
        own = container.inspect.size_rw
        cells = (container.name, _rate(read, seconds), _rate(written, seconds), size(own) if own >= 0 else NOTHING)
        return (read + written, own), cells

    return _sampled(host, "disk", ("Container", "Read", "Written", "Own layer"), row)


def _errors(host: Snapshot) -> Table:
    """Rank by the lines at the end of the log that name an error, and by restarts; what has neither is left out."""

    def rows() -> Iterator[Row]:
        for container in host.containers:
            lines = container.log.errors(host.window_start) if container.log else []
            restarts = container.inspect.restart_count
            if lines or restarts:
                last = lines[-1][:_LINE] if lines else NOTHING
                yield (len(lines) + restarts,), (container.name, f"{len(lines)}", f"{restarts}", last)

    columns = ("Container", "Error lines", "Restarts", "Last error")
    return ranked("errors at the end of the logs", "container", columns, rows())


_RANKINGS: Mapping[str, Callable[[Snapshot], Table]] = {
    "cpu": _cpu,
    "memory": _memory,
    "net": _net,
    "disk": _disk,
    "errors": _errors,
}


def _sampled(
    host: Snapshot, by: str, columns: tuple[str, ...], row: Callable[[Container, Stats, Stats, float], Row]
) -> Table:
    """Rank the containers of which two samples were read."""

    def rows() -> Iterator[Row]:
        for container in host.containers:
            if len(container.samples) > 1:
                first, last = container.samples[0], container.samples[-1]
                seconds = (last.read - first.read).total_seconds()
                if seconds > 0:
                    yield row(container, first, last, seconds)

    return ranked(by, "running container", columns, rows())


def _processors(container: Container) -> str:
    config = container.inspect.host_config
    if config.nano_cpus > 0:
        return percent(config.nano_cpus / 1e9)
    if config.cpu_quota > 0:
        return percent(config.cpu_quota / (config.cpu_period or 100_000))
    return "none"


def _rate(count: float, seconds: float) -> str:
    return f"{size(max(0.0, count) / seconds)}/s"


def _moved(sample: Stats, way: str) -> int:
    """Give the bytes read or written so far; cgroup v1 writes `Read`, v2 `read`."""
    entries = sample.blkio_stats.io_service_bytes_recursive
    return sum(entry.value for entry in entries if entry.op.lower() == way)
