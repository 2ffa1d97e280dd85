"""The certificate of the swarm's own authority runs out."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot

_SOON = timedelta(days=30)


@check(
    "DKR-S111",
    title="Swarm's authority expires",
    severity=Severity.HIGH,
    remedy="Let the swarm make itself a new authority: docker swarm ca --rotate.",
    explains=("DKR-S101", "DKR-S102"),
    benchmark=("CIS 7.8",),
)
def authority_expires(swarm: Snapshot) -> Iterator[Finding]:
    """The certificate of the authority that all nodes trust has run out, or does within 30 days.

    A swarm's own holds 20 years; one that was given from outside holds as long as its maker said, and is not renewed by
    itself. When it has run out, no node can prove itself any more: each falls out as its connection ends.
    """
    ends = swarm.authority_ends
    if ends is None or ends - swarm.taken_at > _SOON:
        return
    over = ends <= swarm.taken_at
    yield Finding(
        subject=swarm.subject,
        summary=f"The certificate authority of {swarm.swarm} {'ran' if over else 'runs'} out on {ends:%d %B %Y}"
        f"{': nodes cannot prove themselves any more' if over else ''}.",
        evidence=(swarm.evidence("GET /info Swarm.Cluster.TLSInfo.TrustRoot notAfter", f"{ends:%Y-%m-%d %H:%M} UTC"),),
        remedy=Remedy(
            text="Let the swarm make itself a new authority while its nodes still trust the old one.",
            command="docker swarm ca --rotate",
        ),
        last_seen=swarm.taken_at,
    )
