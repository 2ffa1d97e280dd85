"""The addresses of networks: how many are left, what the engine says when there are none, which subnets overlap."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from itertools import combinations

from msgspec import Struct

from sickbay.diagnostics.platforms.docker.connections import Failure, Trouble, address_of, failures
from sickbay.diagnostics.platforms.docker.peers import network_with, owners
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.networks import AddressPool, Network

#: Docker, then Podman: no address left on a network, which the first names.
_NO_ADDRESS = re.compile(
    r"no available ipv[46] addresses on this network's address pools: (?P<network>\S+)|no available addresses"
    r"|failed to find free ip in range|could not find an available ip",
    re.IGNORECASE,
)
#: No subnet left to make a network of.
_NO_SUBNET = re.compile(
    r"could not find an available,? non-overlapping \S+ address pool|predefined address pools have been fully subnetted"
    r"|could not find free subnet",
    re.IGNORECASE,
)
_OVERLAP = re.compile(
    r"pool overlaps with other one|subnet \S+ is already used|conflicts with existing net", re.IGNORECASE
)
_IPV4 = 4
#: Longer prefixes have neither a network's nor a broadcast address.
_SMALLEST_WITH_BROADCAST = 30


class Room(Struct, frozen=True, kw_only=True):
    """How many of a subnet's addresses containers can still have, of how many in all; `source` is where it was read."""

    subnet: str
    free: int
    total: int
    source: str

    @property
    def scarce(self) -> bool:
        """Say whether at most 5 % are left."""
        return self.free * 20 <= self.total


def room(network: Network) -> Room | None:
    """Give the tightest IPv4 subnet of a network that was inspected: as API 1.52 tells, else counted.

    Counted are the endpoints on this host; the engine keeps for itself the first address and the last, the gateway's
    and those set aside.
    """
    if network.containers is None or network.ipam.driver not in {"", "default"}:
        return None
    rooms = [found for pool in network.ipam.config if (found := _room(network, pool))]
    return min(rooms, key=lambda item: item.free, default=None)


def no_address(error: str) -> re.Match[str] | None:
    """Find in an error of the engine that a network has no address left; the group `network` may name it."""
    return _NO_ADDRESS.search(error)


def no_subnet(error: str) -> bool:
    """Say whether an error of the engine is that no subnet is left for a new network."""
    return bool(_NO_SUBNET.search(error))


def overlap(error: str) -> bool:
    """Say whether an error of the engine is that a new network's subnet is in use."""
    return bool(_OVERLAP.search(error))


def overlapping(host: Snapshot, names: frozenset[str]) -> Iterator[tuple[Network, Network, str]]:
    """Yield the pairs of these networks whose subnets overlap, with the two subnets in words."""
    networks = [network for network in host.networks if network.name in names]
    for one, other in combinations(networks, 2):
        for mine in one.subnets:
            for theirs in other.subnets:
                if mine.version == theirs.version and mine.overlaps(theirs):
                    yield one, other, f"{mine} and {theirs}"


def hidden(host: Snapshot, container: Container) -> Iterator[tuple[Failure, Network]]:
    """Yield addresses inside a Docker network's subnet that do not answer the container and that nothing here has."""
    for failure in failures(host, container):
        network = network_with(host, failure.host) if failure.address and failure.trouble is Trouble.SILENCE else None
        if network and network.containers is not None and failure.host not in owners(host, network):
            yield failure, network


def _room(network: Network, pool: AddressPool) -> Room | None:
    subnet, given = pool.network, pool.range
    if subnet is None or given is None or subnet.version != _IPV4:
        return None
    told = network.status.ipam.subnets.get(str(subnet)) if network.status else None
    if told:
        source = f"GET /networks/{network.name} Status.IPAM"
        return Room(subnet=str(given), free=told.available, total=told.available + told.in_use, source=source)
    kept = {subnet[0], subnet[-1]} if subnet.prefixlen <= _SMALLEST_WITH_BROADCAST else set()
    gateway = pool.gateway or str(subnet[1 % subnet.num_addresses])
    own = {address.partition("/")[0] for address in (gateway, *pool.reserved.values())}
    total = given.num_addresses - sum(1 for address in {*map(str, kept), *own} if _within(address, given))
    held = [item.ipv4_address.partition("/")[0] for item in (network.containers or {}).values()]
    used = sum(1 for address in held if _within(address, given))
    source = f"GET /networks/{network.name} Containers, IPAM"
    return Room(subnet=str(given), free=max(0, total - used), total=total, source=source)


def _within(address: str, given: IPv4Network | IPv6Network) -> bool:
    found = address_of(address)
    return found is not None and found in given
