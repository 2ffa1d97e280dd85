"""A node of the swarm does not report."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.swarm.absences import absences
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot


@check(
    "DKR-S102",
    title="Swarm node not ready",
    severity=Severity.HIGH,
    remedy="Look whether the machine and its engine run, and whether it reaches the managers on 2377/tcp.",
    explains=("DKR-S103", "DKR-S105"),
)
def node_not_ready(swarm: Snapshot) -> Iterator[Finding]:
    """A node is down or unknown to the managers, or a manager is not reached by the others.

    Whether its machine is off, its engine hangs or a firewall shuts the ports of Swarm cannot be told from the
    managers' side, so the remedy names all three. A host that joined anew leaves its earlier membership behind, which
    stays down until it is removed, and counts as a manager that is missing if it was one. Drained and paused nodes are
    meant to be so; a minute of the state unknown follows every change of leader.
    """
    for absence in absences(swarm):
        yield Finding(
            subject=swarm.node_subject(absence.node),
            summary=f"Node {swarm.node_name(absence.node.id)} {absence.says}.",
            evidence=absence.evidence,
            remedy=absence.remedy,
            last_seen=swarm.taken_at,
        )
