"""The room on the engine's disk: what says that there is none, how little is left, what could be given back."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_FULL = re.compile(r"no space left on device|\bENOSPC\b", re.IGNORECASE)
#: The kernel says the same of its limit of watched files.
_WATCHES = re.compile(r"inotify|watch", re.IGNORECASE)
#: The part of a thin pool that must be left.
_LEAST = 0.10
_UNITS = {"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_GIGABYTE = 1e9


def says_full(text: str) -> bool:
    """Say whether an error or a line of a log tells of a device without space."""
    return bool(_FULL.search(text)) and not _WATCHES.search(text)


def refused(host: Snapshot) -> Iterator[Container]:
    """Yield the containers in which the engine itself found no space, where that was within the window.

    The engine does not date its error: one of a container that was neither made nor ended within the window may be old.
    """
    for item in host.containers:
        lately = max(item.inspect.created, item.state.finished_at) >= host.window_start
        if lately and not item.state.running and says_full(item.state.error):
            yield item


def full_pools(host: Snapshot) -> Iterator[Evidence]:
    """Yield how much of a devicemapper pool's data and metadata is left, where that is less than a tenth."""
    status = dict(host.info.driver_status)
    for part in ("Data", "Metadata"):
        left, total = (_bytes(status.get(f"{part} Space {what}", "")) for what in ("Available", "Total"))
        if total > 0 and 0 <= left < _LEAST * total:
            value = f"{left / _GIGABYTE:.1f} of {total / _GIGABYTE:.1f} GB for {part.lower()}"
            yield host.evidence(f"GET /info DriverStatus {part} Space Available", value)


def unused(host: Snapshot) -> tuple[float, float]:
    """Give the gigabytes of images and of build cache that nothing uses; zeros where they were not read."""
    if host.disk is None:
        return 0.0, 0.0
    return host.disk.unused_images / _GIGABYTE, host.disk.unused_cache / _GIGABYTE


def _bytes(written: str) -> float:
    """Give the bytes that the engine wrote as `1.5 GB`; -1 where it wrote nothing of the kind."""
    found = re.fullmatch(r"([\d.]+) ?([kKMGT]?B)", written.strip())
    return float(found[1]) * _UNITS[found[2]] if found else -1
