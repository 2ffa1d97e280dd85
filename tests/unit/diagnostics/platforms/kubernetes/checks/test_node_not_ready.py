"""K8S-N101: nodes that do not answer, by their own word, by the cluster's, and by their lease."""

from typing import Any

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.node_not_ready import node_not_ready
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, findings, lease, make, node, pod


def unready(status: str, reason: str, message: str) -> dict[str, Any]:
    return {
        "type": "Ready",
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": ago(minutes=9),
    }


SILENT = unready("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")


def new_node(condition: dict[str, Any] | None, **age: float) -> Node:
    conditions = [condition] if condition else []
    about = {"name": "node-9", "creationTimestamp": ago(**age)}
    return make(Node, {"metadata": about, "status": {"conditions": conditions}})


def test_a_silent_node_is_told_with_its_pods() -> None:
    """Given a node whose kubelet stopped reporting, when judged, then the finding says so and how many pods it hits."""
    ended = pod("done-1", phase="Succeeded")

    (found,) = findings(node_not_ready, cluster(node(conditions=[SILENT]), pod(), pod("api-7d4b9c-x2"), ended))

    assert found.subject == Subject("node", "node-1")
    assert "its kubelet has stopped reporting; 2 pods on it are affected" in found.summary
    assert found.evidence[0].source == "GET /api/v1/nodes/node-1 status.conditions[Ready]"
    assert found.first_seen is not None
    assert found.confidence is Confidence.OBSERVED


def test_the_kubelets_own_reason_is_quoted() -> None:
    """Given a kubelet that says why it is not ready, when judged, then its words are in the summary."""
    own = unready("False", "KubeletNotReady", "container runtime is down")

    (found,) = findings(node_not_ready, cluster(node(conditions=[own])))

    assert "its kubelet says KubeletNotReady: container runtime is down;" in found.summary
    assert found.remedy is not None
    assert "journalctl" in found.remedy.text


def test_an_old_lease_of_a_ready_node_is_inferred() -> None:
    """Given a ready node with a lease renewed 95 s ago by the API server's clock, when judged, then it is inferred."""
    (found,) = findings(node_not_ready, cluster(node(), lease(seconds_ago=95)))

    assert "has not renewed its lease for 95 s" in found.summary
    assert found.confidence is Confidence.INFERRED


def test_without_the_servers_clock_no_lease_is_old() -> None:
    """Given a lease that is old by Sickbay's own clock alone, when judged, then nothing is said: clocks differ."""
    assert findings(node_not_ready, replace(cluster(node(), lease(seconds_ago=95)), clock=None)) == []


def test_a_node_that_never_reported_is_told() -> None:
    """Given a node of ten minutes without any condition, when judged, then its kubelet has never reported."""
    (found,) = findings(node_not_ready, cluster(new_node(None, minutes=10)))

    assert "its kubelet has never reported" in found.summary


@pytest.mark.parametrize(
    "well",
    [
        node(),
        new_node(None, seconds=20),
        new_node(unready("False", "KubeletNotReady", "cni plugin not initialized"), seconds=90),
    ],
)
def test_what_is_well_or_joins_is_left_alone(well: Node) -> None:
    """Given a node that is ready, or joined just now, when judged, then nothing is found."""
    assert findings(node_not_ready, cluster(well)) == []


def test_a_lease_of_59_seconds_is_well() -> None:
    """Given a lease renewed 59 s ago, when judged, then nothing is found."""
    assert findings(node_not_ready, cluster(node(), lease(seconds_ago=59))) == []


def test_a_lease_of_another_namespace_is_not_the_nodes() -> None:
    """Given an old lease with a node's name elsewhere, when judged, then it proves nothing about the node."""
    assert findings(node_not_ready, cluster(node(), lease(seconds_ago=600, namespace="shop"))) == []
