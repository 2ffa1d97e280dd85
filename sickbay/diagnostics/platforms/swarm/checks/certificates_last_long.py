"""A node's certificate holds longer than it should."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot

#: Docker's own default.
_LONGEST = timedelta(days=90)


@check(
    "DKR-S110",
    title="Certificates last long",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Let the nodes' certificates run out sooner: docker swarm update --cert-expiry 720h renews them by itself.",
    benchmark=("CIS 7.7",),
)
def certificates_last_long(swarm: Snapshot) -> Iterator[Finding]:
    """The certificates that nodes prove themselves with hold longer than Docker's default of 90 days.

    Nodes renew them by themselves well before they run out; a shorter life only shortens what a stolen one is good for.
    The benchmark leaves the number to you. When a node's own certificate runs out no API tells.
    """
    cluster = swarm.membership.cluster
    if cluster and cluster.spec.ca_config.holds > _LONGEST and not swarm.request.scope:
        days = f"{cluster.spec.ca_config.holds.days} days"
        yield Finding(
            subject=swarm.subject,
            summary=f"The certificates of {swarm.swarm}'s nodes hold {days}, longer than Docker's 90.",
            evidence=(swarm.evidence("GET /info Swarm.Cluster.Spec.CAConfig.NodeCertExpiry", days),),
        )
