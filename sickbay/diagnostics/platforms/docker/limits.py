"""The limits that a container was given: how close it runs to them, and how to give it more memory."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Remedy
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container

_MIB = 1024 * 1024
_MEMORY, _THROTTLED, _PIDS = 0.90, 0.25, 0.90
#: CPU periods are 100 ms; fewer than this between two samples say nothing.
_PERIODS = 5


class Pressure(Struct, frozen=True):
    """One limit that is as good as reached, in words that follow the container's name, and its proof."""

    what: str
    proof: Evidence


def pressures(container: Container) -> Iterator[Pressure]:
    """Yield the limits that a container with samples of statistics runs against."""
    yield from _memory(container)
    yield from _cpu(container)
    yield from _pids(container)


def memory_limit(container: Container) -> str:
    """Give the memory limit in MiB, or nothing where there is none."""
    limit = container.inspect.host_config.memory
    return f"{limit / _MIB:.0f} MiB" if limit > 0 else ""


def more_memory(container: Container) -> Remedy | None:
    """Give the remedy of a memory limit that is too low, or nothing where there is none.

    The command doubles the limit, and lets swap grow by as much where that is limited too.
    """
    limit, swap = container.inspect.host_config.memory, container.inspect.host_config.memory_swap
    if limit <= 0:
        return None
    more = f"--memory {_mebibytes(2 * limit)}" + (f" --memory-swap {_mebibytes(swap + limit)}" if swap > 0 else "")
    return remedy(
        container,
        "Raise the limit if the application needs more at its peak; if its use only ever grows, it leaks: fix that.",
        f"docker update {more} {quoted(container)}",
    )


def _memory(container: Container) -> Iterator[Pressure]:
    limit, stats = container.inspect.host_config.memory, container.samples[-1].memory_stats
    if limit > 0 and stats.working_set >= _MEMORY * limit:
        used = f"{stats.working_set / _MIB:.0f} of {limit / _MIB:.0f} MiB"
        yield Pressure(f"uses {used} of its memory limit", _proof(container, "memory_stats", used))


def _cpu(container: Container) -> Iterator[Pressure]:
    if len(container.samples) < 2:
        return
    first, last = (sample.cpu_stats.throttling_data for sample in container.samples[:: len(container.samples) - 1])
    periods, throttled = last.periods - first.periods, last.throttled_periods - first.throttled_periods
    if periods >= _PERIODS and throttled >= _THROTTLED * periods:
        counted = f"{throttled} of {periods} periods"
        proof = _proof(container, "cpu_stats.throttling_data", counted)
        yield Pressure(f"was held back by its CPU limit in {counted}", proof)


def _pids(container: Container) -> Iterator[Pressure]:
    limit, stats = container.inspect.host_config.pids_limit or 0, container.samples[-1].pids_stats
    if limit > 0 and stats.current >= _PIDS * limit:
        counted = f"{stats.current} of {limit} processes"
        yield Pressure(f"runs {counted} that it may have", _proof(container, "pids_stats", counted))


def _proof(container: Container, field: str, value: str) -> Evidence:
    return Evidence(source=f"GET /containers/{container.name}/stats {field}", value=value, at=container.read_at)


def _mebibytes(size: int) -> str:
    return f"{max(1, size // _MIB)}m"
