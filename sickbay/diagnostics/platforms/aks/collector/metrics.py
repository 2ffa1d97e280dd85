"""How the cluster's load balancer fares with outbound connections, from Azure Monitor."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.collector.decoding import decode_list
from sickbay.diagnostics.platforms.aks.snapshot import Snat
from sickbay.diagnostics.platforms.aks.wire.clusters import ManagedCluster
from sickbay.diagnostics.platforms.aks.wire.monitoring import Metric, MetricPoint

METRICS_VERSION = "2024-02-01"
#: How far back connections are looked at: what failed before that is over.
BACK = timedelta(hours=1)
#: AKS gives its outbound load balancer this name.
_LOAD_BALANCER = "kubernetes"


def read_snat(connection: Connection, cluster: ManagedCluster, subscription: str, now: datetime) -> Snat | None:
    """Give how outbound connections fared in the last hour; None where they do not go through a load balancer."""
    properties = cluster.properties
    if properties.network_profile.outbound_type not in {"", "loadBalancer"} or not properties.node_resource_group:
        return None
    path = (
        f"/subscriptions/{subscription}/resourceGroups/{properties.node_resource_group}/providers/Microsoft.Network"
        f"/loadBalancers/{_LOAD_BALANCER}/providers/Microsoft.Insights/metrics"
    )
    span = f"{now - BACK:%Y-%m-%dT%H:%M:%SZ}/{now:%Y-%m-%dT%H:%M:%SZ}"
    query = {"timespan": span, "interval": "PT5M"}
    failed = {"metricnames": "SnatConnectionCount", "aggregation": "Total", "$filter": "ConnectionState eq 'Failed'"}
    ports = {"metricnames": "UsedSnatPorts,AllocatedSnatPorts", "aggregation": "Average"}
    broken = decode_list(connection.get(path, METRICS_VERSION, query | failed), Metric)
    used = decode_list(connection.get(path, METRICS_VERSION, query | ports), Metric)
    return Snat(
        failed=sum(point.total for point in _points(broken, "SnatConnectionCount")),
        used=max((point.average for point in _points(used, "UsedSnatPorts")), default=0),
        allocated=max((point.average for point in _points(used, "AllocatedSnatPorts")), default=0),
    )


def _points(metrics: tuple[Metric, ...], name: str) -> Iterator[MetricPoint]:
    for metric in metrics:
        if metric.name.value.lower() == name.lower():
            for series in metric.timeseries:
                yield from series.data
