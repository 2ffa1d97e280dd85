"""Nobody governs the swarm."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.swarm.control import troubles
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot


@check(
    "DKR-S101",
    title="No manager in charge",
    severity=Severity.CRITICAL,
    remedy="Bring back managers until more than half of them run and reach each other on 2377/tcp.",
    explains=("DKR-S102", "DKR-S103", "DKR-S105"),
)
def no_quorum(swarm: Snapshot) -> Iterator[Finding]:
    """The manager that was asked cannot be reached, is locked or in error, or too few managers are there to agree.

    More than half of the managers must reach each other to elect a leader; without one nothing is scheduled, replaced
    or updated, while tasks that run go on. A manager of a swarm with auto-lock takes part only when it was unlocked
    after its engine's start. A node whose certificate ran out while it was off is in state error. A manager that waits
    for a leader often only says that the time ran out, after 20 seconds: then the missing leader is inferred.
    """
    for trouble in troubles(swarm):
        yield Finding(
            subject=swarm.subject,
            summary=f"{trouble.says}.",
            evidence=trouble.evidence,
            confidence=Confidence.INFERRED if trouble.inferred else Confidence.OBSERVED,
            remedy=trouble.remedy,
            last_seen=swarm.taken_at,
        )
