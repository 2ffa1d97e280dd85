"""The disk under the engine is full."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_FULL = re.compile(r"no space left on device|\bENOSPC\b", re.IGNORECASE)
#: The kernel says the same of its limit of watched files.
_WATCHES = re.compile(r"inotify|watch", re.IGNORECASE)
_POOL = 0.10
_UNITS = {"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_GIGABYTE = 1e9


@check(
    "DKR-E107",
    title="Disk full",
    severity=Severity.CRITICAL,
    remedy="See what takes the room and remove what you can name, or make the disk larger.",
    explains=("DKR-I101", "DKR-C106"),
)
def no_space(host: Snapshot) -> Iterator[Finding]:
    """Something on the host found no space left on its device, or a devicemapper thin pool has less than 10 % left.

    No API tells how full a disk is. The engine's own errors (State.Error) prove it; a container's log only lets it be
    inferred, since it may speak of a volume or a tmpfs of its own. Errors about inotify watches use the same words and
    do not count. Btrfs reports it with space left when its chunks are used up (`btrfs balance`). Not shown by df: no
    inodes left. `/system/df` tells what can be given back; prune by name, since volumes hold data.
    """
    told = [item for item in host.containers if not item.state.running and _full(item.state.error)]
    logged = [(item, line) for item in host.containers for line in _lines(item, host.window_start)]
    pool = [*_pool(host, "Data"), *_pool(host, "Metadata")]
    if not (told or logged or pool):
        return
    evidence = [item.evidence("State.Error", item.state.error) for item in told]
    evidence += [
        Evidence(source=f"GET /containers/{item.name}/logs", value=line, at=item.read_at) for item, line in logged[:3]
    ]
    names = sorted({item.name for item in told} | {item.name for item, _ in logged})
    said = [f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''} found no space left"] if names else []
    said += [f"its thin pool's {proof.value} are left" for proof in pool]
    yield Finding(
        subject=host.subject,
        summary=f"The disk of {host.host} is full: {'; '.join(said)}{_reclaimable(host)}.",
        evidence=(*evidence, *pool),
        confidence=Confidence.OBSERVED if told or pool else Confidence.INFERRED,
        remedy=_cure(host),
        last_seen=host.taken_at,
        count=max(1, len(told) + len(logged)),
    )


def _full(text: str) -> bool:
    return bool(_FULL.search(text)) and not _WATCHES.search(text)


def _lines(container: Container, since: datetime) -> Sequence[str]:
    """Give the last line of the container's log that says so, if any."""
    lines = [line for line in container.log.since(since) if _full(line)] if container.log else []
    return lines[-1:]


def _pool(host: Snapshot, part: str) -> Iterator[Evidence]:
    """Yield how much of a devicemapper pool's part is left, where that is too little."""
    status = dict(host.info.driver_status)
    left, total = (_bytes(status.get(f"{part} Space {what}", "")) for what in ("Available", "Total"))
    if total > 0 and 0 <= left < _POOL * total:
        value = f"{left / _GIGABYTE:.1f} of {total / _GIGABYTE:.1f} GB for {part.lower()}"
        yield host.evidence(f"GET /info DriverStatus {part} Space Available", value)


def _bytes(written: str) -> float:
    """Give the bytes that the engine wrote as `1.5 GB`; -1 where it wrote nothing of the kind."""
    found = re.fullmatch(r"([\d.]+) ?([kKMGT]?B)", written.strip())
    return float(found[1]) * _UNITS[found[2]] if found else -1


def _reclaimable(host: Snapshot) -> str:
    unused = host.disk.unused_images + host.disk.unused_cache if host.disk else 0
    return f"; {unused / _GIGABYTE:.1f} GB of images and build cache there are unused" if unused > _GIGABYTE else ""


def _cure(host: Snapshot) -> Remedy | None:
    if host.disk is None or host.disk.unused_images + host.disk.unused_cache < _GIGABYTE:
        return None
    images, cache = host.disk.unused_images / _GIGABYTE, host.disk.unused_cache / _GIGABYTE
    text = f"Look at what is unused ({images:.1f} GB of images, {cache:.1f} GB of build cache) and remove it by name"
    return Remedy(text=f"{text}; `docker builder prune` frees the cache.", command="docker system df -v")
