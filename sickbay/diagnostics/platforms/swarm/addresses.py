"""How many addresses the networks over all nodes have left: each task, each service and each node takes one."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.platforms.docker.wire.networks import Network
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Service

#: The network's own address and that of broadcasts are given to nobody.
_RESERVED = 2
_IPV4 = 4


class Room(Struct, frozen=True, kw_only=True):
    """A network's addresses: how many there are for use, and how many are taken as far as the API tells."""

    network: Network
    subnet: str
    usable: int
    taken: int


def full_networks(swarm: Snapshot, service: Service) -> Iterator[Room]:
    """Yield the networks of a service on which another task finds no address."""
    for network in swarm.networks_of(service):
        room = room_of(swarm, network)
        if room and room.taken >= room.usable:
            yield room


def room_of(swarm: Snapshot, network: Network) -> Room | None:
    """Give a network's addresses, or nothing where its subnets are not told.

    Taken are the gateway's, one for each service with a virtual address, one for each task that is to run, and one for
    each node with such a task, for its share of the load balancing.
    """
    pools = [pool for pool in network.ipam.config if pool.range and pool.range.version == _IPV4]
    if not pools:
        return None
    usable = sum(max(0, pool.range.num_addresses - _RESERVED) for pool in pools if pool.range)
    services = (*swarm.services, *swarm.others)
    virtual = sum(address.network_id == network.id for service in services for address in service.endpoint.virtual_ips)
    attached = [
        task
        for task in swarm.tasks
        if task.wanted and any(item.network.id == network.id and item.addresses for item in task.networks_attachments)
    ]
    balancers = len({task.node_id for task in attached if task.node_id})
    gateways = sum(bool(pool.gateway) for pool in pools)
    return Room(
        network=network,
        subnet=", ".join(pool.ip_range or pool.subnet for pool in pools),
        usable=usable,
        taken=gateways + virtual + len(attached) + balancers,
    )
