"""A container runs against one of its limits."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_MIB = 1024 * 1024
_MEMORY, _THROTTLED, _PIDS = 0.90, 0.25, 0.90
#: CPU periods are 100 ms; fewer than this between two samples say nothing.
_PERIODS = 5


@check(
    "DKR-C108",
    title="At its resource limit",
    severity=Severity.MEDIUM,
    remedy="Raise the limit that is reached, or lower the load; watch whether its use still grows.",
    explains=("DKR-C105",),
)
def resource_pressure(host: Snapshot) -> Iterator[Finding]:
    """The container uses 90 % of its memory or process limit, or its CPU limit holds it back in 25 % of periods.

    Memory counts as `docker stats` counts: usage less the file cache that can be given back. CPU throttling is the
    difference between two samples taken about a second apart.
    """
    for container in host.containers:
        if not (container.state.running and container.samples):
            continue
        pressures = [*_memory(container), *_cpu(container), *_pids(container)]
        if pressures:
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} {' and '.join(what for what, _ in pressures)}.",
                evidence=tuple(proof for _, proof in pressures),
                owner=owner_of(container.labels),
                last_seen=host.taken_at,
            )


def _proof(container: Container, field: str, value: str) -> Evidence:
    return Evidence(source=f"GET /containers/{container.name}/stats {field}", value=value, at=container.read_at)


def _memory(container: Container) -> Iterator[tuple[str, Evidence]]:
    limit, stats = container.inspect.host_config.memory, container.samples[-1].memory_stats
    if limit > 0 and stats.working_set >= _MEMORY * limit:
        used = f"{stats.working_set / _MIB:.0f} of {limit / _MIB:.0f} MiB"
        yield f"uses {used} of its memory limit", _proof(container, "memory_stats", used)


def _cpu(container: Container) -> Iterator[tuple[str, Evidence]]:
    if len(container.samples) < 2:
        return
    first, last = (sample.cpu_stats.throttling_data for sample in container.samples[:: len(container.samples) - 1])
    periods, throttled = last.periods - first.periods, last.throttled_periods - first.throttled_periods
    if periods >= _PERIODS and throttled >= _THROTTLED * periods:
        counted = f"{throttled} of {periods} periods"
        yield f"was held back by its CPU limit in {counted}", _proof(container, "cpu_stats.throttling_data", counted)


def _pids(container: Container) -> Iterator[tuple[str, Evidence]]:
    limit, stats = container.inspect.host_config.pids_limit or 0, container.samples[-1].pids_stats
    if limit > 0 and stats.current >= _PIDS * limit:
        counted = f"{stats.current} of {limit} processes"
        yield f"runs {counted} that it may have", _proof(container, "pids_stats", counted)
