"""A swarm runs nothing."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot


@check(
    "DKR-S113",
    title="Swarm without services",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Leave swarm mode where it is not needed (docker swarm leave): its ports are open for nothing.",
    benchmark=("CIS 5.1",),
)
def idle_swarm(swarm: Snapshot) -> Iterator[Finding]:
    """The engines are in swarm mode, and there is no service.

    Every node listens on 7946 and 4789, every manager on 2377. Where nobody deploys services, that is only a way in.
    """
    read = not any("/services" in gap.what for gap in swarm.gaps)
    if swarm.nodes and read and not swarm.services and not swarm.others:
        yield Finding(
            subject=swarm.subject,
            summary=f"{swarm.swarm} has no services, while its {len(swarm.nodes)} nodes listen for each other."
            if len(swarm.nodes) > 1
            else f"{swarm.swarm} has no services, while its node listens for others.",
            evidence=(swarm.evidence("GET /services", "none"),),
            remedy=Remedy(
                text="Leave swarm mode where it is not needed: workers first, then the managers by --force.",
                command="docker swarm leave",
            ),
        )
