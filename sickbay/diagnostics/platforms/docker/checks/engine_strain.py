"""The engine itself is slow or leaks."""

from collections.abc import Iterator
from itertools import pairwise

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_SLOW = 5.0
#: More than Sickbay's own connections, of which it opens at most 166, can add during a diagnosis.
_GOROUTINES, _FILES = 2_000, 1_000


@check(
    "DKR-E110",
    title="Engine under strain",
    severity=Severity.MEDIUM,
    remedy="Have it write its stacks down (`kill -USR1 $(pidof dockerd)`), then restart it, with live-restore on.",
)
def engine_strain(host: Snapshot) -> Iterator[Finding]:
    """The engine took more than 5 s to tell about itself, or its goroutines or open files only grow.

    `/info` takes well under a second on a healthy engine. A slow one waits for a lock, a volume or network plugin, or
    a disk that does not answer; `docker` commands hang with it. Growth is judged over all samples that the snapshot
    holds: it counts when each is above the one before and the last by more than 2,000 goroutines (NGoroutines) or
    1,000 files (NFd), which Sickbay's own reading cannot cause.
    """
    found = []
    if host.info_seconds > _SLOW:
        taken = f"{host.info_seconds:.1f} s"
        found.append((f"took {taken} to answer /info", host.evidence("GET /info", f"answered after {taken}")))
    samples = (host.info, *host.engine_samples)
    found += _growth(host, "goroutines", "NGoroutines", [item.n_goroutines for item in samples], _GOROUTINES)
    found += _growth(host, "open files", "NFd", [item.n_fd for item in samples], _FILES)
    if found:
        yield Finding(
            subject=host.subject,
            summary=f"The engine on {host.host} {' and '.join(what for what, _ in found)}.",
            evidence=tuple(proof for _, proof in found),
            last_seen=host.taken_at,
        )


def _growth(host: Snapshot, what: str, field: str, counts: list[int], most: int) -> Iterator[tuple[str, Evidence]]:
    known = [count for count in counts if count >= 0]
    if len(known) >= 2 and known[-1] - known[0] > most and all(later > sooner for sooner, later in pairwise(known)):
        values = ", ".join(str(count) for count in known)
        yield (
            f"gained {known[-1] - known[0]} {what} while it was looked at",
            host.evidence(f"GET /info {field}", values),
        )
