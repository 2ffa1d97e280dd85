"""The managers are too few, too many, too close together, or not of one version."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.swarm.managers import weaknesses
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot


@check(
    "DKR-S106",
    title="Managers that survive little",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Run three or five managers, each in a zone of its own, and all nodes on one version of the engine.",
    benchmark=("CIS 7.1",),
)
def weak_control(swarm: Snapshot) -> Iterator[Finding]:
    """The swarm loses its managers' majority sooner than it need, or its nodes run engines of different versions.

    With one manager, its loss is the loss of control; an even number survives no more losses than one less, and Docker
    advises at most seven. Managers share a zone where a label of theirs named like one (zone, az, datacenter) has the
    same value for all. Versions are compared without their patch level.
    """
    if swarm.request.scope:
        return
    found = list(weaknesses(swarm))
    if found:
        yield Finding(
            subject=swarm.subject,
            summary=f"{swarm.swarm} {' and '.join(weakness.says for weakness in found)}.",
            evidence=tuple(weakness.proof for weakness in found),
            remedy=found[0].remedy,
        )
