"""A network without a way to the outside, and containers that want there."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.docker.egress import leads_out, shut_in
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.networks import Network


@check(
    "DKR-N103",
    title="Network without a way out",
    severity=Severity.HIGH,
    remedy="Attach the container to a second network that has a way out.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C115", "DKR-N110"),
)
def no_way_out(host: Snapshot) -> Iterator[Finding]:
    """The container's networks are internal or do not masquerade, and it gets no answer from outside.

    An internal network (`--internal`) has no route out. Without masquerading (`enable_ip_masquerade=false`) packets
    leave with the container's own address, and answers come back only where the outside has a route to it, which
    Sickbay cannot see: that is inferred. Only containers whose log or health check tells that an address or name
    outside gave no answer count, and only where none of their networks has a way out.
    """
    for network in host.networks_in_scope:
        cut_off = [] if leads_out(network) else list(shut_in(host, network))
        if cut_off:
            container, failure = cut_off[0]
            why = "internal" if network.internal else "not masqueraded, so answers find back only with a route to it"
            option = "Internal" if network.internal else "Options enable_ip_masquerade"
            yield Finding(
                subject=Subject("network", network.name),
                summary=f"{container.name} gets no answer from {failure.host}: its network {network.name} is {why}.",
                evidence=(
                    host.evidence(f"GET /networks/{network.name} {option}", "true" if network.internal else "false"),
                    *(failure.evidence for _, failure in cut_off[:3]),
                ),
                confidence=Confidence.OBSERVED if network.internal else Confidence.INFERRED,
                remedy=_cure(network),
                last_seen=container.read_at,
                count=len(cut_off),
            )


def _cure(network: Network) -> Remedy:
    text = "Attach the container to a second network that has a way out"
    if not network.internal:
        text = "Make the network again without `enable_ip_masquerade=false`, or give the outside a route to its subnet"
    return Remedy(text=f"{text}.", owner=owner_of(network.labels))
