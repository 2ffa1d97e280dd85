"""A network, or the engine, has no address left to give."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.docker.addresses import no_address, no_subnet, room
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_POOLS = "Give the engine more or smaller default-address-pools in daemon.json, or remove networks that nothing uses."


@check(
    "DKR-N104",
    title="No address left",
    severity=Severity.HIGH,
    remedy="Make the network again with a larger subnet or range, or remove containers that need not be on it.",
    explains=("DKR-C101", "DKR-C104", "DKR-C106", "DKR-C115"),
)
def addresses_exhausted(host: Snapshot) -> Iterator[Finding]:
    """A container cannot start because its network has given all its addresses, or no subnet is left for a new network.

    Recognised by State.Error ('no available IPv4 addresses on this network's address pools'). How many there are comes
    from the network's Status (API 1.52 and later), else from its IPAM configuration and its endpoints: a range of /32
    is one address, a subnet of /30 has one besides the gateway. A network that is nearly full is DKR-N107.
    """
    refused: dict[str, list[Container]] = {}
    for container in host.containers:
        error = "" if container.state.running else container.state.error
        if no_subnet(error):
            refused.setdefault("", []).append(container)
        elif named := no_address(error):
            joined = container.inspect.network_settings.networks
            refused.setdefault(named["network"] or next(iter(joined), ""), []).append(container)
    for name, waiting in refused.items():
        yield _finding(host, name, waiting)


def _finding(host: Snapshot, name: str, waiting: list[Container]) -> Finding:
    network = next((item for item in host.networks if item.name == name), None)
    left = room(network) if network else None
    count = f"has {left.free} of {left.total} addresses left ({left.subnet})" if left else "has no address left"
    whom = waiting[0].name if len(waiting) == 1 else f"{waiting[0].name} and {len(waiting) - 1} more"
    what = f"Network {name} {count}" if name else f"{host.host} has no subnet left for a network"
    again = "" if not left or not left.free else "; since then some were given back: start it again"
    return Finding(
        subject=Subject("network", name) if name else host.subject,
        summary=f"{what}: {whom} could not start for want of one{again}.",
        evidence=(
            waiting[0].evidence("State.Error", waiting[0].state.error),
            *((host.evidence(left.source, f"{left.free} of {left.total} in {left.subnet} left"),) if left else ()),
        ),
        remedy=None if name else Remedy(text=_POOLS),
        owner=owner_of(network.labels) if network else owner_of(waiting[0].labels),
        last_seen=host.taken_at,
        count=len(waiting),
    )
