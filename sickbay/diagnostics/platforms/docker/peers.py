"""Containers as each other's peers: who is meant by a name or an address, and on which networks two of them meet."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address

from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE, Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerSummary, Endpoint
from sickbay.diagnostics.platforms.docker.wire.networks import Network

#: Where a container is that has no network of its own, in words.
HOST, NOWHERE = "the host's own network", "no network"


def networks_of(host: Snapshot, names: Iterable[str]) -> tuple[Network, ...]:
    """Give the networks of these names, but for the host's own and none at all."""
    wanted = set(names)
    return tuple(item for item in host.networks if item.name in wanted and item.driver not in {"host", "null"})


def connected(host: Snapshot, container: Container) -> Mapping[str, Endpoint]:
    """Give the container's endpoints by network; those of another container where it borrows that one's network."""
    lender = lender_of(host, container)
    settings = (lender or container.inspect).network_settings
    return settings.networks


def lender_of(host: Snapshot, container: Container) -> ContainerSummary | None:
    """Give the container whose network this one uses (`container:NAME`), where there is one."""
    mode, _, joined = container.inspect.host_config.network_mode.partition(":")
    if mode != "container" or not joined:
        return None
    return next((item for item in host.summaries if joined in {item.id, item.name}), None)


def meeting(host: Snapshot, one: Container, other: ContainerSummary) -> tuple[Network, ...]:
    """Give the networks that both are on."""
    return networks_of(host, connected(host, one).keys() & other.network_settings.networks.keys())


def place(host: Snapshot, names: Iterable[str]) -> str:
    """Give networks in words."""
    names = list(names)
    if "host" in names:
        return HOST
    default = {network.name for network in host.networks if network.default_bridge}
    return ", ".join("the default bridge" if name in default else name for name in names if name != "none") or NOWHERE


def peer(host: Snapshot, container: Container, wanted: str) -> ContainerSummary | None:
    """Give the other container that is meant by a name or an address, a running one first, or nothing."""
    known_so = {item.inspect.id for item in host.containers if _known_as(item, wanted)}
    found = [
        item
        for item in host.summaries
        if (item.id in known_so or wanted in {item.name, item.id[:12]} or _is(container, item, wanted))
        and item.id != container.inspect.id
    ]
    found.sort(key=lambda item: (item.state != "running", item.labels.get(COMPOSE + "project") != container.project))
    return found[0] if found else None


def aliases(host: Snapshot, other: ContainerSummary) -> set[str]:
    """Give the names by which the others of its networks find a container."""
    item = next((item for item in host.containers if item.inspect.id == other.id), None)
    endpoints = item.inspect.network_settings.networks.values() if item else ()
    return {other.name}.union(*((*endpoint.aliases, *endpoint.dns_names) for endpoint in endpoints))


def owners(host: Snapshot, network: Network) -> Iterator[str]:
    """Yield the addresses that something has on the network: containers, its gateways, what is set aside."""
    for pool in network.ipam.config:
        yield from (pool.gateway, *pool.reserved.values())
    for attached in (network.containers or {}).values():
        yield from (attached.ipv4_address.partition("/")[0], attached.ipv6_address.partition("/")[0])
    for item in host.summaries:
        if endpoint := item.network_settings.networks.get(network.name):
            yield endpoint.ip_address


def network_with(host: Snapshot, address: str) -> Network | None:
    """Give the network one of whose subnets holds the address."""
    for network in host.networks:
        for pool in network.ipam.config:
            if pool.network and ip_address(address) in pool.network:
                return network
    return None


def _known_as(container: Container, wanted: str) -> bool:
    endpoints = container.inspect.network_settings.networks.values()
    return any(wanted in endpoint.aliases or wanted in endpoint.dns_names for endpoint in endpoints)


def _is(container: Container, other: ContainerSummary, wanted: str) -> bool:
    """Say whether the other has the wanted address, or is a service of that name in the container's project."""
    if any(endpoint.ip_address == wanted for endpoint in other.network_settings.networks.values()):
        return True
    service, project = (other.labels.get(COMPOSE + part, "") for part in ("service", "project"))
    return service == wanted and project != "" and container.project in {project, ""}
