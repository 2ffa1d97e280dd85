"""Shapes of networks."""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network

from msgspec import field
from msgspec.structs import replace

from sickbay.diagnostics.platforms.docker.wire.base import NEVER, Wire

#: Before the id of an endpoint whose container the engine does not know any more.
_LOST = "ep-"
_BRIDGE = "com.docker.network.bridge."
_MTU = "com.docker.network.driver.mtu"


class AddressPool(Wire, frozen=True, kw_only=True):
    """One subnet of a network; `ip_range` is the part of it that addresses are given from, empty for all of it."""

    subnet: str = ""
    gateway: str = ""
    ip_range: str = field(default="", name="IPRange")
    reserved: Mapping[str, str] = field(default={}, name="AuxiliaryAddresses")

    @property
    def network(self) -> IPv4Network | IPv6Network | None:
        """Give the subnet, or nothing where it is none."""
        return _network(self.subnet)

    @property
    def range(self) -> IPv4Network | IPv6Network | None:
        """Give what addresses are given from, or nothing where that is not known."""
        return _network(self.ip_range or self.subnet)


class Ipam(Wire, frozen=True, kw_only=True):
    """Where a network's addresses come from; a driver other than `default` has its own ways."""

    driver: str = ""
    config: tuple[AddressPool, ...] = ()


class Attachment(Wire, frozen=True, kw_only=True):
    """One endpoint on a network; the addresses have the length of their prefix after a slash."""

    name: str = ""
    endpoint_id: str = field(default="", name="EndpointID")
    ipv4_address: str = field(default="", name="IPv4Address")
    ipv6_address: str = field(default="", name="IPv6Address")


class SubnetStatus(Wire, frozen=True, kw_only=True):
    """How many addresses of one subnet are in use, and how many can still be given."""

    in_use: int = field(default=0, name="IPsInUse")
    available: int = field(default=0, name="DynamicIPsAvailable")


class IpamStatus(Wire, frozen=True, kw_only=True):
    """The state of a network's subnets, each under its own name (`10.0.0.0/24`)."""

    subnets: Mapping[str, SubnetStatus] = {}


class NetworkStatus(Wire, frozen=True, kw_only=True):
    """What an engine of API 1.52 or later says of a network's state."""

    ipam: IpamStatus = field(default=IpamStatus(), name="IPAM")


#: The option by which Docker marks its own network `bridge`, and the name of Podman's, which has no mark.
DEFAULT_BRIDGE = f"{_BRIDGE}default_bridge"
PODMAN = "podman"


class Network(Wire, frozen=True, kw_only=True):
    """One of `GET /networks`; `containers` and `status` only where it was inspected.

    `containers` lists endpoints by the id of their container, or by `ep-` and their own id where the engine has lost
    that.
    """

    id: str = ""
    name: str = ""
    created: datetime = NEVER
    scope: str = ""
    driver: str = ""
    internal: bool = False
    attachable: bool = False
    ingress: bool = False
    config_only: bool = False
    enable_ipv6: bool = field(default=False, name="EnableIPv6")
    ipam: Ipam = field(default=Ipam(), name="IPAM")
    containers: Mapping[str, Attachment] | None = None
    options: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}
    status: NetworkStatus | None = None

    def of_podman(self) -> "Network":
        """Give the network as Docker would show it: Podman lists its own as `bridge`, and containers say `podman`."""
        if self.name not in {"bridge", PODMAN}:
            return self
        return replace(self, name=PODMAN, options={**self.options, DEFAULT_BRIDGE: "true"})

    @property
    def lost_endpoints(self) -> Mapping[str, Attachment]:
        """Give the endpoints whose container the engine does not know."""
        return {key: item for key, item in (self.containers or {}).items() if key.startswith(_LOST)}

    def still_with(self, earlier: "Network") -> "Network":
        """Give the network without those lost endpoints that were not there earlier."""
        new = self.lost_endpoints.keys() - earlier.lost_endpoints.keys()
        return replace(self, containers={key: it for key, it in (self.containers or {}).items() if key not in new})

    @property
    def subnets(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Give the subnets, those left out that are none."""
        return tuple(pool.network for pool in self.ipam.config if pool.network)

    @property
    def default_bridge(self) -> bool:
        """Say whether this is the engine's own network, where names are not resolved."""
        return self.options.get(DEFAULT_BRIDGE) == "true"

    @property
    def icc(self) -> bool:
        """Say whether containers on this bridge may talk to each other (inter-container communication)."""
        return self.options.get(f"{_BRIDGE}enable_icc", "true").lower() not in _FALSE

    @property
    def masquerade(self) -> bool:
        """Say whether what leaves this bridge carries the host's own address."""
        return self.options.get(f"{_BRIDGE}enable_ip_masquerade", "true").lower() not in _FALSE

    @property
    def mtu(self) -> int:
        """Give the MTU that was set, 0 where none was."""
        written = self.options.get(_MTU, "")
        return int(written) if written.isdecimal() else 0


#: How Go writes 'false' in an option.
_FALSE = frozenset({"false", "f", "0"})


def _network(written: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(written, strict=False)
    except ValueError:
        return None
