"""Shapes of how nodes get out where NAT gateways do it."""

from sickbay.diagnostics.platforms.aks.wire.base import Wire


class Reference(Wire, frozen=True, kw_only=True):
    """Another resource, by its id."""

    id: str = ""


class GatewayProperties(Wire, frozen=True, kw_only=True):
    """The public addresses of a NAT gateway; a prefix has several."""

    public_ip_addresses: tuple[Reference, ...] = ()
    public_ip_prefixes: tuple[Reference, ...] = ()


class NatGateway(Wire, frozen=True, kw_only=True):
    """`GET …/natGateways`."""

    id: str = ""
    name: str = ""
    properties: GatewayProperties = GatewayProperties()


class SubnetProperties(Wire, frozen=True, kw_only=True):
    """The NAT gateway through which a subnet gets out, where it has one."""

    nat_gateway: Reference | None = None


class Subnet(Wire, frozen=True, kw_only=True):
    """`GET …/virtualNetworks/{name}/subnets/{name}`."""

    properties: SubnetProperties = SubnetProperties()
