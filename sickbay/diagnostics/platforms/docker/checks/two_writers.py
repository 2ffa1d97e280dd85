"""Two databases write to one volume."""

from collections.abc import Iterator
from itertools import combinations

from sickbay.diagnostics.check import check
from sickbay.diagnostics.databases import data_directory
from sickbay.diagnostics.model import Confidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.docker.mounts import data_mount, lock_held
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-V103",
    title="Volume with two writers",
    severity=Severity.HIGH,
    remedy="Stop one of the two at once, and give each database a volume of its own.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C115"),
)
def two_writers(host: Snapshot) -> Iterator[Finding]:
    """Two containers of one database product run with the same volume or directory of the host for their data.

    Databases lock their data against a second server, but most locks do not reach from one container into another, and
    then both write over each other. Where neither log speaks of a lock it is inferred: a server may keep its data in a
    directory of its own within the volume. Data containers (`--volumes-from`) share volumes in the same way.
    """
    writers = [(item, mount) for item in host.containers if item.state.running and (mount := data_mount(item))]
    for (one, mine), (other, theirs) in combinations(writers, 2):
        products = {data_directory(item.inspect.config.image) for item in (one, other)}
        if mine.source != theirs.source or len(products) > 1:
            continue
        lines, what = (*lock_held(one), *lock_held(other)), f"volume {mine.name}" if mine.name else mine.source
        text = "Stop one of the two at once, and give it a volume of its own."
        yield Finding(
            subject=Subject("volume", mine.name) if mine.name else one.subject,
            summary=f"{one.name} and {other.name} are databases and both write to {what}: that can destroy the data.",
            evidence=(
                one.evidence("Mounts", f"{mine.name or mine.source} on {mine.destination}"),
                other.evidence("Mounts", f"{theirs.name or theirs.source} on {theirs.destination}"),
                *lines[:1],
            ),
            confidence=Confidence.OBSERVED if lines else Confidence.INFERRED,
            remedy=remedy(other, text, f"docker stop {quoted(other)}"),
            last_seen=host.taken_at,
        )
