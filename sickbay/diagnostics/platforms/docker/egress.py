"""Containers that want to reach the outside, and networks that let them not."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.docker.connections import Failure, Trouble, address_of, failures
from sickbay.diagnostics.platforms.docker.peers import connected, network_with, networks_of, peer
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.networks import Network

#: Endings of names that only a network's own servers know (RFC 6762, RFC 8375, ICANN's .internal, and old habits).
_PRIVATE = (".internal", ".local", ".lan", ".corp", ".home", ".intra", ".intranet", ".private", ".home.arpa")
_LOST = frozenset({Trouble.DNS, Trouble.NAME, Trouble.SILENCE})


def leads_out(network: Network) -> bool:
    """Say whether what is on the network reaches the outside, as far as the network's own options tell."""
    return not network.internal and network.masquerade


def shut_in(host: Snapshot, network: Network) -> Iterator[tuple[Container, Failure]]:
    """Yield the containers of this network, none of whose networks leads out, that do not reach something outside."""
    for container in host.containers:
        mine = networks_of(host, connected(host, container))
        if network in mine and not any(leads_out(item) for item in mine):
            lost = (item for item in failures(host, container) if _outside(host, container, item))
            yield from ((container, failure) for failure in [next(lost, None)] if failure)


def unresolved(failure: Failure, servers: tuple[str, ...]) -> str:
    """Give why a name outside was not resolved, by the servers that `--dns` set; nothing where it may just be wrong."""
    if failure.trouble is Trouble.DNS:
        server = failure.server if not failure.server.startswith("127.") else ""
        which = server or ", ".join(servers)
        return f"its DNS server{f' {which}' if which else ''} gives no answer"
    if failure.trouble is Trouble.NAME and failure.host.lower().endswith(_PRIVATE) and _public(servers):
        told = f"{', '.join(servers)} is public" if servers else "no server of its own was set (--dns)"
        return f"the name is internal, and {told}"
    return ""


def _public(servers: tuple[str, ...]) -> bool:
    """Say whether none of the servers can know internal names, as far as is known."""
    addresses = [address_of(server) for server in servers]
    return all(address is not None and address.is_global for address in addresses)


def _outside(host: Snapshot, container: Container, failure: Failure) -> bool:
    if failure.address:
        return failure.trouble is Trouble.SILENCE and network_with(host, failure.host) is None
    return failure.trouble in _LOST and "." in failure.host and peer(host, container, failure.host) is None
