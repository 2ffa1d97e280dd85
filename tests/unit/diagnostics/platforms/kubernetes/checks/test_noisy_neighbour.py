"""K8S-N106: one pod that uses up a node at the cost of others."""

from typing import Any

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.kubernetes.checks.noisy_neighbour import noisy_neighbour
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import NodeMetrics, PodMetrics
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    cluster,
    container,
    event,
    findings,
    make,
    meta,
    pod,
)


def node_uses(cpu: str = "1", memory: str = "1Gi") -> NodeMetrics:
    return make(NodeMetrics, {"metadata": {"name": "node-1"}, "usage": {"cpu": cpu, "memory": memory}})


def pod_uses(name: str, cpu: str = "1", memory: str = "1Gi") -> PodMetrics:
    return make(
        PodMetrics, {"metadata": meta(name), "containers": [{"name": "app", "usage": {"cpu": cpu, "memory": memory}}]}
    )


def shared(*more: Any, uses: str = "15Gi", noisy: str = "12Gi", request: str = "1Gi") -> Snapshot:
    """A node of 16 GiB on which pod batch-1 uses 12 of them."""
    loud = pod("batch-1", deployment="", containers=[container(resources={"requests": {"memory": request}})])
    used = (pod_uses("batch-1", memory=noisy),)
    return cluster(loud, *more, node_metrics=(node_uses(memory=uses),), pod_metrics=used)


def evicted(name: str) -> Any:
    return pod(name, phase="Failed", reason="Evicted", message="The node was low on resource: memory.")


def late(name: str) -> Any:
    return event("Pod", name, "Unhealthy", "Readiness probe failed: context deadline exceeded")


def test_a_pod_far_beyond_its_request_with_two_victims_is_noisy() -> None:
    """Given a node used up by one pod, with one pod evicted and one late, when judged, then the noisy pod is named."""
    (found,) = findings(noisy_neighbour, shared(evicted("api-7d4b9c-1"), pod("api-7d4b9c-2"), late("api-7d4b9c-2")))

    assert found.summary == (
        "Pod shop/batch-1 uses 12.0 GiB of 16.0 GiB memory of node node-1 and asked for 1.0 GiB, while 2 other pods "
        "there suffer, first shop/api-7d4b9c-1."
    )
    assert found.confidence is Confidence.INFERRED
    assert len(found.evidence) == 3


def test_one_victim_is_not_enough() -> None:
    """Given a single evicted pod, when judged, then nothing is concluded."""
    assert findings(noisy_neighbour, shared(evicted("api-7d4b9c-1"))) == []


def test_a_pod_within_its_request_is_not_blamed() -> None:
    """Given a pod that asked for the 12 GiB it uses, when others suffer, then it is not blamed."""
    assert findings(noisy_neighbour, shared(evicted("api-1"), evicted("api-2"), request="12Gi")) == []


def test_a_node_with_room_has_no_noise() -> None:
    """Given a node with 4 GiB left, when pods were evicted, then nothing is concluded."""
    assert findings(noisy_neighbour, shared(evicted("api-1"), evicted("api-2"), uses="12Gi")) == []


def test_without_metrics_nothing_is_concluded() -> None:
    """Given no metrics source, when pods were evicted, then nothing is concluded."""
    assert findings(noisy_neighbour, cluster(evicted("api-1"), evicted("api-2"))) == []
