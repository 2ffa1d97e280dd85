"""How outbound connections fare at what nodes get out through: the load balancer, or NAT gateways; by Azure Monitor."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sickbay.diagnostics.platforms.aks import rights
from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.collector.decoding import decode, decode_list
from sickbay.diagnostics.platforms.aks.collector.reading import Reading
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot, Snat
from sickbay.diagnostics.platforms.aks.wire.monitoring import Metric, MetricPoint
from sickbay.diagnostics.platforms.aks.wire.network import NatGateway, Subnet

T = TypeVar("T")

METRICS_VERSION = "2024-02-01"
NETWORK_VERSION = "2024-05-01"
#: How far back connections are looked at: what failed before that is over.
BACK = timedelta(hours=1)
#: Minutes over which a gateway's availability is taken, as Azure advises for alerts.
_RECENT = 15
#: Ports that a NAT gateway has for each of its public addresses (learn.microsoft.com, NAT gateway resource).
_PORTS = 64_512
#: AKS gives its outbound load balancer this name.
_BALANCER = "loadBalancers/kubernetes"
_BY_BALANCER = frozenset({"", "loadBalancer"})
_BY_OWN_GATEWAY = frozenset({"managedNATGateway", "managedNATGatewayV2"})
_BY_GATEWAY_OF_SUBNETS = "userAssignedNATGateway"
_FAILED = {"aggregation": "Total", "$filter": "ConnectionState eq 'Failed'"}
#: The same metric, as load balancers and as NAT gateways call it.
_AT_BALANCER, _AT_GATEWAY = {"metricnames": "SnatConnectionCount"}, {"metricnames": "SNATConnectionCount"}
_PORTS_OF_BALANCER = {"metricnames": "UsedSnatPorts,AllocatedSnatPorts", "aggregation": "Average"}
#: Totals of a minute: a longer interval would add up what is open at a time.
_OF_GATEWAY = {"metricnames": "TotalConnectionCount,DatapathAvailability", "aggregation": "Total,Average",
               "interval": "PT1M"}  # fmt: skip


def read(reading: Reading, snapshot: Snapshot) -> tuple[Snat, ...]:
    """Give how outbound connections fared in the last hour; nothing where they go by somebody's own route."""
    properties = snapshot.cluster.properties if snapshot.cluster else None
    if properties is None or not properties.node_resource_group:
        return ()
    connection, now, outbound = reading.connection, snapshot.taken_at, properties.network_profile.outbound_type
    group = f"{snapshot.id.partition('/resourceGroups/')[0]}/resourceGroups/{properties.node_resource_group}"
    network = f"{group}/providers/Microsoft.Network"
    if outbound in _BY_BALANCER:
        coming = [reading.start(partial(_at_balancer, connection, f"{network}/{_BALANCER}", now))]
    elif outbound in _BY_OWN_GATEWAY or outbound == _BY_GATEWAY_OF_SUBNETS:
        own = outbound in _BY_OWN_GATEWAY
        gateways = _of_group(reading, network) if own else _of_subnets(reading, snapshot)
        coming = [reading.start(partial(_at_gateway, connection, gateway, now)) for gateway in gateways]
    else:
        return ()
    found = [reading.maybe(rights.METRICS, future) for future in coming]
    return tuple(item for item in found if item)


def _of_group(reading: Reading, network: str) -> tuple[NatGateway, ...]:
    """Give the gateways of the cluster's own resource group."""
    path = f"{network}/natGateways"
    listed = reading.start(lambda: decode_list(reading.connection.get(path, NETWORK_VERSION), NatGateway))
    return reading.finish(rights.NAT_GATEWAYS, listed, ())


def _of_subnets(reading: Reading, snapshot: Snapshot) -> tuple[NatGateway, ...]:
    """Give the gateways through which the subnets of the node pools and of their pods get out, each once."""
    used = (item for pool in snapshot.pools for item in (pool.properties.vnet_subnet_id, pool.properties.pod_subnet_id))
    subnets = {path.lower(): path for path in used if path}
    coming_subnets = [reading.start(partial(_one, reading.connection, path, Subnet)) for path in subnets.values()]
    found = [reading.maybe(rights.POOL_SUBNETS, future) for future in coming_subnets]
    named = [subnet.properties.nat_gateway for subnet in found if subnet and subnet.properties.nat_gateway]
    gateways = {item.id.lower(): item.id for item in named if item.id}
    coming = [reading.start(partial(_one, reading.connection, path, NatGateway)) for path in gateways.values()]
    return tuple(gateway for future in coming if (gateway := reading.maybe(rights.NAT_GATEWAYS, future)))


def _at_balancer(connection: Connection, path: str, now: datetime) -> Snat:
    failed = _metrics(connection, path, now, _FAILED | _AT_BALANCER)
    ports = _metrics(connection, path, now, _PORTS_OF_BALANCER)
    return Snat(
        resource=_BALANCER,
        failed=sum(point.total or 0 for point in _points(failed, "SnatConnectionCount")),
        used=max((point.average or 0 for point in _points(ports, "UsedSnatPorts")), default=0),
        allocated=max((point.average or 0 for point in _points(ports, "AllocatedSnatPorts")), default=0),
    )


def _at_gateway(connection: Connection, gateway: NatGateway, now: datetime) -> Snat:
    failed = _metrics(connection, gateway.id, now, _FAILED | _AT_GATEWAY)
    state = _metrics(connection, gateway.id, now, _OF_GATEWAY)
    available = [
        point.average for point in _points(state, "DatapathAvailability") if point.average is not None
    ][-_RECENT:]  # fmt: skip
    addresses = gateway.properties
    return Snat(
        resource=f"natGateways/{gateway.name}",
        failed=sum(point.total or 0 for point in _points(failed, "SnatConnectionCount")),
        used=max((point.total or 0 for point in _points(state, "TotalConnectionCount")), default=0),
        # How many addresses a prefix has, the gateway does not say.
        allocated=0 if addresses.public_ip_prefixes else _PORTS * len(addresses.public_ip_addresses),
        available=sum(available) / len(available) if available else None,
    )


def _metrics(connection: Connection, resource: str, now: datetime, query: Mapping[str, str]) -> tuple[Metric, ...]:
    span = f"{now - BACK:%Y-%m-%dT%H:%M:%SZ}/{now:%Y-%m-%dT%H:%M:%SZ}"
    path = f"{resource}/providers/Microsoft.Insights/metrics"
    return decode_list(connection.get(path, METRICS_VERSION, {"timespan": span, "interval": "PT5M", **query}), Metric)


def _points(metrics: tuple[Metric, ...], name: str) -> Iterator[MetricPoint]:
    for metric in metrics:
        if metric.name.value.lower() == name.lower():
            for series in metric.timeseries:
                yield from series.data


def _one(connection: Connection, path: str, kind: type[T]) -> T:
    return decode(connection.get(path, NETWORK_VERSION)[0], kind)
