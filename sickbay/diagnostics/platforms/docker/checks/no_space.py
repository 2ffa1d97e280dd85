"""The disk under the engine is full."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.docker.room import full_pools, refused, says_full, unused
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-E107",
    title="Disk full",
    severity=Severity.CRITICAL,
    remedy="See what takes the room and remove what you can name, or make the disk larger.",
    explains=("DKR-I101", "DKR-C106"),
)
def no_space(host: Snapshot) -> Iterator[Finding]:
    """Something on the host found no space left on its device, or a devicemapper thin pool has less than 10 % left.

    No API tells how full a disk is. The engine's own errors (State.Error) prove it; they bear no date, so they count
    for containers that were made or ended within the window. A container's log only lets it be inferred, since it may
    speak of a volume or a tmpfs of its own. Errors about inotify watches use the same words and do not count. Btrfs
    reports it with space left when its chunks are used up (`btrfs balance`). Not shown by df: no inodes left.
    `/system/df` tells what can be given back; prune by name, since volumes hold data.
    """
    told = list(refused(host))
    logged = {item.name: item.log_line(host.window_start, says_full) for item in host.containers}
    pools, proven = tuple(full_pools(host)), [name for name, line in logged.items() if line]
    if not (told or proven or pools):
        return
    names = sorted({*proven, *(item.name for item in told)})
    said = [f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''} found no space left"] if names else []
    said += [f"its thin pool's {proof.value} are left" for proof in pools]
    images, cache = unused(host)
    rest = f"; {images + cache:.1f} GB of images and build cache there are unused" if images + cache >= 1 else ""
    yield Finding(
        subject=host.subject,
        summary=f"The disk of {host.host} is full: {'; '.join(said)}{rest}.",
        evidence=(
            *(item.evidence("State.Error", item.state.error) for item in told),
            *(line for name in proven[:3] for line in logged[name]),
            *pools,
        ),
        confidence=Confidence.OBSERVED if told or pools else Confidence.INFERRED,
        remedy=_cure(images, cache) if rest else None,
        last_seen=host.taken_at,
        count=max(1, len(told) + len(proven)),
    )


def _cure(images: float, cache: float) -> Remedy:
    text = f"Look at what is unused ({images:.1f} GB of images, {cache:.1f} GB of build cache) and remove it by name"
    return Remedy(text=f"{text}; `docker builder prune` frees the cache.", command="docker system df -v")
