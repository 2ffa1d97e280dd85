"""What pods and nodes use (metrics.k8s.io), and how full volumes are (a Prometheus, where the target names one)."""

from collections.abc import Mapping

import msgspec
import urllib3
from msgspec.structs import replace

from sickbay.diagnostics.platforms.kubernetes.collector.reading import Reading
from sickbay.diagnostics.platforms.kubernetes.collector.scope import Place
from sickbay.diagnostics.platforms.kubernetes.resources import NODE_METRICS, POD_METRICS
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, VolumeUse
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import NodeMetrics, PodMetrics

_SECONDS = 10.0
_USED, _CAPACITY = "kubelet_volume_stats_used_bytes", "kubelet_volume_stats_capacity_bytes"
_SERVED_BY = "metrics.k8s.io"


class _Sample(msgspec.Struct):
    metric: Mapping[str, str]
    value: tuple[float, str]


class _Data(msgspec.Struct):
    result: list[_Sample]


class _Answer(msgspec.Struct):
    data: _Data


def read_metrics(reading: Reading, target: KubernetesTarget, place: Place, snapshot: Snapshot) -> Snapshot:
    """Give the snapshot with what the sources of metrics say; a source that is not there is a gap."""
    snapshot = _usage(reading, place, snapshot)
    if target.prometheus is None:
        reading.note("how full volumes are, and noisy neighbours", "the target names no metrics source (`prometheus`)")
        return snapshot
    address = target.prometheus
    uses = reading.finish("Prometheus", reading.start(lambda: _volume_uses(address, reading.budget.timeout(_SECONDS))))
    if uses is None:
        return snapshot
    return replace(snapshot, volume_uses=uses)


def _usage(reading: Reading, place: Place, snapshot: Snapshot) -> Snapshot:
    served = [item for item in snapshot.apiservices if item.spec.group == _SERVED_BY]
    if not served and snapshot.knows("apiservices"):
        reading.note("use of CPU and memory", f"{_SERVED_BY} is not served here (metrics-server is not installed)")
        return snapshot
    pods = reading.finish_list(POD_METRICS, reading.start_list(POD_METRICS, place.namespace))
    nodes = reading.finish_list(NODE_METRICS, reading.start_list(NODE_METRICS))
    return replace(
        snapshot,
        pod_metrics=tuple(item for item in pods.items if isinstance(item, PodMetrics)),
        node_metrics=tuple(item for item in nodes.items if isinstance(item, NodeMetrics)),
    )


def _volume_uses(address: str, seconds: float) -> tuple[VolumeUse, ...]:
    used, capacity = (_query(address, name, seconds) for name in (_USED, _CAPACITY))
    return tuple(
        VolumeUse(claim=claim, used=used[claim], capacity=size) for claim, size in capacity.items() if claim in used
    )


def _query(address: str, expression: str, seconds: float) -> Mapping[str, float]:
    with urllib3.PoolManager(timeout=urllib3.Timeout(total=seconds), retries=False) as pool:
        answer = pool.request("GET", f"{address.rstrip('/')}/api/v1/query", fields={"query": expression})
    samples = msgspec.json.decode(answer.data, type=_Answer).data.result
    return {_claim(sample.metric): float(sample.value[1]) for sample in samples}


def _claim(labels: Mapping[str, str]) -> str:
    return f"{labels.get('namespace', '')}/{labels.get('persistentvolumeclaim', '')}"
