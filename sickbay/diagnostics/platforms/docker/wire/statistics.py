"""The shape of `GET /containers/{id}/stats`. Counters only grow; memory is in bytes."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.platforms.docker.wire.base import NEVER


class _Stats(Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class CpuUsage(_Stats, frozen=True, kw_only=True):
    """Nanoseconds of processor time used so far."""

    total_usage: int = 0


class Throttling(_Stats, frozen=True, kw_only=True):
    """How many scheduling periods passed, and in how many the container was held back by its CPU limit."""

    periods: int = 0
    throttled_periods: int = 0
    throttled_time: int = 0


class CpuStats(_Stats, frozen=True, kw_only=True):
    """Processor use of the container and of the whole host."""

    cpu_usage: CpuUsage = CpuUsage()
    system_cpu_usage: int = 0
    online_cpus: int = 0
    throttling_data: Throttling = Throttling()


class MemoryStats(_Stats, frozen=True, kw_only=True):
    """Memory in use and its limit; `stats` holds the kernel's own counters by name."""

    usage: int = 0
    max_usage: int = 0
    limit: int = 0
    stats: Mapping[str, int] = {}

    @property
    def working_set(self) -> int:
        """Give what cannot be given back: usage less inactive file pages, as `docker stats` counts."""
        inactive = self.stats.get("total_inactive_file", self.stats.get("inactive_file", 0))
        return max(0, self.usage - inactive)


class PidsStats(_Stats, frozen=True, kw_only=True):
    """Processes in the container and how many it may have (0: no limit)."""

    current: int = 0
    limit: int = 0


class BlkioEntry(_Stats, frozen=True, kw_only=True):
    """Bytes moved so far by one operation (`read`, `write`) on one device."""

    op: str = ""
    value: int = 0


class BlkioStats(_Stats, frozen=True, kw_only=True):
    """Block input and output so far."""

    io_service_bytes_recursive: tuple[BlkioEntry, ...] = ()


class Traffic(_Stats, frozen=True, kw_only=True):
    """One interface's bytes, errors and drops so far."""

    rx_bytes: int = 0
    tx_bytes: int = 0
    rx_errors: int = 0
    tx_errors: int = 0
    rx_dropped: int = 0
    tx_dropped: int = 0


class Stats(_Stats, frozen=True, kw_only=True):
    """One sample of a container's statistics."""

    read: datetime = NEVER
    cpu_stats: CpuStats = CpuStats()
    memory_stats: MemoryStats = MemoryStats()
    pids_stats: PidsStats = PidsStats()
    blkio_stats: BlkioStats = BlkioStats()
    networks: Mapping[str, Traffic] = {}
