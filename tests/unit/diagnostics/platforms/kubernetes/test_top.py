"""The ranking of pods, from what metrics.k8s.io says."""

from msgspec.structs import replace

from sickbay.diagnostics.model import Table
from sickbay.diagnostics.platforms.kubernetes.top import top
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import PodMetrics
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, make, meta, pod


def uses(name: str, *amounts: tuple[str, str]) -> PodMetrics:
    containers = [
        {"name": f"c{nth}", "usage": {"cpu": cpu, "memory": memory}} for nth, (cpu, memory) in enumerate(amounts)
    ]
    return make(PodMetrics, {"metadata": meta(name), "containers": containers})


def ranked(what: str) -> Table:
    metrics = (uses("small", ("50m", "10Mi")), uses("large", ("1", "1Gi"), ("500m", "512Mi")))
    (table,) = top(replace(cluster(pod("small"), pod("large"), pod_metrics=metrics), request=Request(top=what)))
    return table


def test_by_cpu() -> None:
    """Given pods that use 1.5 and 0.05 processors, when ranked, then a pod is what its containers use together."""
    table = ranked("cpu")

    assert [row[:2] for row in table.rows] == [("shop/large", "150.0 %"), ("shop/small", "5.0 %")]
    assert table.title == "Top by CPU: 2 pods"


def test_by_memory() -> None:
    """Given pods that use 1.5 GiB and 10 MiB, when ranked, then the largest is first."""
    assert [row[:2] for row in ranked("memory").rows] == [("shop/large", "1.5 GiB"), ("shop/small", "10.0 MiB")]
