"""Where a name leads, and whether Sickbay may go there: no registry may send it to what only this machine can reach.

A name is resolved once, and the address that was looked at is the one that is connected to.
"""

import ipaddress
import socket

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Seconds that a resolver has.
RESOLVE_SECONDS = 5.0
#: Where clouds tell machines their secrets, beside the link-local 169.254.169.254 (AWS, Google, Azure) and that of ECS:
#: Alibaba, Azure's wire server, Oracle; AWS and Google over IPv6.
_METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
)
#: Addresses that carry one of IPv4 in their last bits: NAT64, and the old IPv4-compatible ones.
_CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))


class ForbiddenAddressError(Exception):
    """Raised for a name that leads only where Sickbay does not go."""


def resolve(host: str, port: int, budget: Budget, *, loopback: bool) -> tuple[str, ...]:
    """Give the addresses that may be connected to, loopback only where it is allowed.

    Raises ForbiddenAddressError, OutOfTimeError, and OSError where the name is not found.
    """
    crew = Crew(1, budget.part(RESOLVE_SECONDS))
    try:
        found = crew.wait(crew.submit(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except OutOfTimeError:
        raise TimeoutError(f"the name {host} was not resolved in time") from None
    finally:
        crew.close()
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    refused = {address: why for address in addresses if (why := forbidden(address, loopback=loopback))}
    if allowed := tuple(address for address in addresses if address not in refused):
        return allowed
    address, why = next(iter(refused.items()), ("nothing", "no address"))
    raise ForbiddenAddressError(f"{host} leads to {address}, {why}: Sickbay does not connect there")


def forbidden(address: str, *, loopback: bool) -> str:
    """Give what kind of address it is where that is not to be connected to, or else nothing."""
    given = ipaddress.ip_address(address.partition("%")[0])
    for inner in (given, *_carried(given)):
        if inner in _METADATA:
            return "where a cloud keeps its machines' secrets"
        if inner.is_link_local:
            return "a link-local address"
        if inner.is_multicast or inner == ipaddress.ip_address("255.255.255.255"):
            return "a multicast address"
        if inner.is_unspecified or inner in ipaddress.ip_network("0.0.0.0/8"):
            return "an unspecified address"
        if inner.is_loopback and not loopback:
            return "a loopback address"
    return ""


def _carried(address: Address) -> tuple[Address, ...]:
    """Give the IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    compatible = (last,) if any(address in network for network in _CARRIERS) and int(address) > 1 else ()
    wrapped = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    return (*compatible, *(item for item in wrapped if item is not None))
