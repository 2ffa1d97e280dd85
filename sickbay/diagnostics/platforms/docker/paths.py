"""Whether two containers can talk to each other, as far as their settings and logs tell: the scope `ONE~OTHER`.

Nothing is tried. The host's packet filters (iptables, DOCKER-USER) and what a program listens on are not in the API.
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import product

from msgspec import Struct

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.connections import JUST_NOW, Failure, failures
from sickbay.diagnostics.platforms.docker.peers import (
    HOST,
    NOWHERE,
    aliases,
    connected,
    lender_of,
    networks_of,
    peer,
    place,
)
from sickbay.diagnostics.platforms.docker.ports import published
from sickbay.diagnostics.platforms.docker.scopes import named, sides
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerSummary, Endpoint
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from sickbay.diagnostics.targets import BETWEEN

#: Pairs of replicas that are looked at, those that run first.
MOST = 4
_LOOPBACK = ("127.", "::1")


class Way(StrEnum):
    """By what the first reaches the second, the best first."""

    LOCALHOST = "over localhost"
    NETWORK = "on a common network"
    FROM_HOST = "by address, from the host's own network"
    TO_HOST = "at the host's own address"
    LINK = "by the link between them"
    PUBLISHED = "through the host, where it is published"


class Path(Struct, frozen=True, kw_only=True):
    """The way from one container to another on a host."""

    host: Snapshot
    one: Container
    other: Container

    @property
    def subject(self) -> Subject:
        """Give the way as the subject of a finding."""
        return Subject("path", f"{self.one.name}{BETWEEN}{self.other.name}")

    @property
    def way(self) -> Way | None:
        """Give by what the first reaches the second, as far as their settings tell; nothing where by nothing."""
        one, other = self.places
        ways = (
            (Way.LOCALHOST, self.same_stack),
            (Way.NETWORK, self.open_networks),
            (Way.FROM_HOST, one == HOST and other != NOWHERE),
            (Way.TO_HOST, other == HOST and one != NOWHERE),
            (Way.LINK, self.networks and self.linked),
            (Way.PUBLISHED, self.doors and any(not it.internal for it in networks_of(self.host, self.joined[0]))),
        )
        return next((way for way, there in ways if there), None)

    @property
    def joined(self) -> tuple[Mapping[str, Endpoint], Mapping[str, Endpoint]]:
        """Give the endpoints of both, by network."""
        return connected(self.host, self.one), connected(self.host, self.other)

    @property
    def places(self) -> tuple[str, str]:
        """Give where both are, in words."""
        one, other = self.joined
        return place(self.host, one), place(self.host, other)

    @property
    def networks(self) -> tuple[Network, ...]:
        """Give the networks on which the two meet."""
        one, other = self.joined
        return networks_of(self.host, one.keys() & other.keys())

    @property
    def open_networks(self) -> tuple[Network, ...]:
        """Give those of them that let their containers talk."""
        return tuple(item for item in self.networks if item.icc)

    @property
    def same_stack(self) -> bool:
        """Say whether both use one network stack: the host's, or that of a container, which others borrow."""
        stacks = [lender.id if (lender := lender_of(self.host, it)) else it.inspect.id for it in (self.one, self.other)]
        return stacks[0] == stacks[1] or self.places == (HOST, HOST)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Give the second's addresses that the first can reach."""
        open_ = {network.name for network in self.open_networks}
        everywhere = self.way is Way.FROM_HOST
        found = (it.ip_address for name, it in self.joined[1].items() if everywhere or name in open_)
        return tuple(address for address in found if address)

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names by which the first finds the second, none where Docker resolves none."""
        if self.way is not Way.NETWORK or all(network.default_bridge for network in self.open_networks):
            return ()
        ids = {self.other.inspect.id[:12]}
        return (self.other.name, *sorted(aliases(self.host, self.peer) - ids - {self.other.name}))

    @property
    def peer(self) -> ContainerSummary:
        """Give the second as the list has it."""
        return next(item for item in self.host.summaries if item.id == self.other.inspect.id)

    @property
    def ports(self) -> tuple[str, ...]:
        """Give the ports that the second exposes: where it is said to listen."""
        return tuple(sorted(self.other.inspect.config.exposed_ports))

    @property
    def doors(self) -> tuple[str, ...]:
        """Give where on the host the second is published, the places left out that the host alone reaches."""
        return tuple(item.place for item in published(self.other) if not item.binding.host_ip.startswith(_LOOPBACK))

    @property
    def linked(self) -> bool:
        """Say whether the first is linked to the second (`--link`), which opens its exposed ports where icc is off."""
        names = {link.split(":")[0].lstrip("/") for link in self.one.inspect.host_config.links}
        return bool(names & {self.other.name, self.other.inspect.id})

    @property
    def complaint(self) -> Failure | None:
        """Give what the first said lately of not reaching the second, or nothing."""
        said = reversed(failures(self.host, self.one, JUST_NOW))
        return next((it for it in said if peer(self.host, self.one, it.host) == self.peer), None)


def paths(host: Snapshot) -> tuple[Path, ...]:
    """Give the ways asked about, from each of the first name to each of the second; none without two names."""
    names = sides(host.request.scope)
    if len(names) == 1:
        return ()
    by_id = {item.inspect.id: item for item in host.containers}
    left, right = ([by_id[it.id] for it in named(host.summaries, name) if it.id in by_id] for name in names)
    pairs = [Path(host=host, one=one, other=other) for one, other in product(left, right) if one is not other]
    pairs.sort(key=lambda it: (not (it.one.state.running and it.other.state.running), it.one.name, it.other.name))
    return tuple(pairs)
