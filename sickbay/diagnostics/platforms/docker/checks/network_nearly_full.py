"""A network has little room left."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity, Subject
from sickbay.diagnostics.platforms.docker.addresses import room
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.networks import Network

#: Ports that a Linux bridge has (BR_MAX_PORTS), and from how many it is nearly full.
_PORTS, _MANY = 1024, 900
#: Subnets with fewer addresses were made small on purpose.
_SMALL = 16


@check(
    "DKR-N107",
    title="Network nearly full",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Split the network, or make it again with a larger subnet, before the next container finds no place.",
)
def network_nearly_full(host: Snapshot) -> Iterator[Finding]:
    """A bridge has 900 or more of the 1,024 ports that the kernel gives it, or 5 % or less of its addresses are left.

    Once it is full, starting a container fails ('exchange full' for ports, DKR-N104 for addresses). Networks of fewer
    than 16 addresses are left alone: they were made to be full.
    """
    for network in host.networks_in_scope:
        if told := _crowded(network):
            text, source, value = told
            yield Finding(
                subject=Subject("network", network.name),
                summary=f"Network {network.name} {text}.",
                evidence=(host.evidence(source, value),),
                owner=owner_of(network.labels),
            )


def _crowded(network: Network) -> tuple[str, str, str] | None:
    """Give what is scarce, where that was read, and how much of it there is."""
    ports = len(network.containers or {})
    if network.driver == "bridge" and ports >= _MANY:
        text = f"has {ports} endpoints, and a bridge has {_PORTS} ports"
        return text, f"GET /networks/{network.name} Containers", f"{ports} endpoints"
    left = room(network)
    if left and left.scarce and left.total >= _SMALL:
        text = f"has {left.free} of {left.total} addresses left ({left.subnet})"
        return text, left.source, f"{left.free} of {left.total}"
    return None
