"""K8S-N105: nodes with almost no room left."""

from typing import Any

from sickbay.diagnostics.model import Kind
from sickbay.diagnostics.platforms.kubernetes.checks.node_full import node_full
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, container, findings, node, pod


def asking(name: str, cpu: str = "0", memory: str = "0", **more: Any) -> Pod:
    return pod(name, containers=[container(resources={"requests": {"cpu": cpu, "memory": memory}})], **more)


def test_requests_of_nine_tenths_are_almost_full() -> None:
    """Given pods that ask for 3.6 of 4 CPUs and 15 of 16 GiB, when judged, then the finding names both."""
    (found,) = findings(node_full, cluster(asking("a", "3", "10Gi"), asking("b", "600m", "5Gi")))

    assert (
        found.summary == "Node node-1 is almost full: its 2 pods take 3.6 of 4 CPUs, and 15.0 GiB of 16.0 GiB memory."
    )
    assert found.evidence[0].value == "4, its pods ask for 90% of it"
    assert node_full.kind is Kind.HYGIENE


def test_an_init_container_that_asks_for_more_counts() -> None:
    """Given an init container that asks for all CPUs, when judged, then its request counts, as for the scheduler."""
    first = {"initContainers": [container("first", resources={"requests": {"cpu": "4"}})]}

    assert len(findings(node_full, cluster(asking("a", "1", spec=first)))) == 1


def test_a_sidecar_counts_with_the_containers() -> None:
    """Given a sidecar of 1.6 CPUs beside a container of 2, when judged, then they count together."""
    sidecar = container("proxy", restartPolicy="Always", resources={"requests": {"cpu": "1600m"}})

    assert len(findings(node_full, cluster(asking("a", "2", spec={"initContainers": [sidecar]})))) == 1


def test_places_for_pods_count() -> None:
    """Given 19 pods on a node that takes 20, when judged, then it is almost full."""
    small = node(allocatable={"cpu": "4", "memory": "16Gi", "pods": "20"})

    (found,) = findings(node_full, cluster(small, *[asking(f"a{number}") for number in range(19)]))

    assert "19 of 20 places for pods" in found.summary


def test_what_leaves_room_is_left_alone() -> None:
    """Given 3.5 of 4 CPUs, ended pods, pods elsewhere and a node of unknown size, when judged, then nothing is."""
    ended = asking("done", "4", phase="Succeeded")
    elsewhere = asking("far", "4", node="node-2")

    assert findings(node_full, cluster(asking("a", "3500m"), ended, elsewhere)) == []
    assert findings(node_full, cluster(node(allocatable={}), asking("a", "64"))) == []
