"""K8S-N104: cordoned and tainted nodes, where pods wait for exactly them."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.node_closed import node_closed
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import NONE, Fields, ago, cluster, findings, node, pod

CORDONED = "0/2 nodes are available: 1 node(s) were unschedulable, 1 node(s) didn't match Pod's node affinity/selector."
DEDICATED = "0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}. preemption: not helpful."


def waiting(message: str, name: str = "api-7d4b9c-x1", selector: Fields = NONE, **more: Any) -> Pod:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    condition["lastTransitionTime"] = ago(minutes=3)
    return pod(name, node="", phase="Pending", conditions=[condition], spec={"nodeSelector": dict(selector), **more})


def cordoned(name: str = "node-1") -> Node:
    return node(name, spec={"unschedulable": True})


def tainted(key: str = "dedicated", value: str = "gpu", effect: str = "NoSchedule") -> Node:
    return node(spec={"taints": [{"key": key, "value": value, "effect": effect}]})


def test_a_cordoned_node_that_a_pod_waits_for_is_told() -> None:
    """Given a pod that only a cordoned node would fit, when judged, then that node is named, with how to open it."""
    (found,) = findings(node_closed, cluster(cordoned(), node("node-2"), waiting(CORDONED)))

    assert found.subject == Subject("node", "node-1")
    assert found.summary == "Node node-1 is cordoned while pod shop/api-7d4b9c-x1 waits for want of an open node."
    assert found.remedy is not None
    assert found.remedy.command == "kubectl uncordon node-1"
    assert found.evidence[1].value == CORDONED


@pytest.mark.parametrize(
    "message",
    [DEDICATED, "0/1 nodes are available: 1 node(s) had taint {dedicated: gpu}, that the pod didn't tolerate."],
)
def test_a_taint_is_found_in_the_words_of_old_and_new_schedulers(message: str) -> None:
    """Given two pods that do not tolerate a node's taint, when judged, then the taint is named and they are counted."""
    (found,) = findings(node_closed, cluster(tainted(), waiting(message), waiting(message, "api-7d4b9c-x2")))

    assert "is tainted {dedicated: gpu} while 2 pods wait" in found.summary
    assert found.count == 2


@pytest.mark.parametrize(
    ("toleration", "told"),
    [
        ({}, 1),
        ({"key": "dedicated", "operator": "Equal", "value": "cpu", "effect": "NoSchedule"}, 1),
        ({"key": "dedicated", "operator": "Exists", "effect": "NoExecute"}, 1),
        ({"key": "dedicated", "value": "gpu"}, 0),
        ({"key": "dedicated", "operator": "Exists"}, 0),
        ({"operator": "Exists"}, 0),
    ],
)
def test_a_taint_that_is_not_named_is_told_by_the_tolerations(toleration: Fields, told: int) -> None:
    """Given a newer scheduler, which names no taint, when judged, then a taint the pod does not tolerate is told."""
    message = "0/1 nodes are available: 1 node(s) had untolerated taint(s). preemption: not helpful."

    waits = waiting(message, tolerations=[toleration] if toleration else [])

    assert len(findings(node_closed, cluster(tainted(), waits))) == told


def test_many_nodes_with_one_obstacle_are_one_finding() -> None:
    """Given five cordoned nodes, when a pod waits for them, then one finding counts them and is about the cluster."""
    nodes = [cordoned(f"node-{number}") for number in range(5)]

    (found,) = findings(node_closed, cluster(*nodes, waiting("0/5 nodes are available: 5 node(s) were unschedulable.")))

    assert found.subject == Subject("cluster", "lab")
    assert found.summary.startswith("5 nodes are cordoned")
    assert len(found.evidence) == 4


@pytest.mark.parametrize(
    "message",
    [
        "0/2 nodes are available: 1 node(s) were unschedulable, 1 Insufficient cpu.",
        "0/2 nodes are available: 1 node(s) were unschedulable, 1 Too many pods.",
        "0/2 nodes are available: 2 pod has unbound immediate PersistentVolumeClaims.",
        "0/2 nodes are available: 2 Insufficient memory.",
    ],
)
def test_pods_that_wait_for_something_else_are_no_reason(message: str) -> None:
    """Given a cordoned node and a pod that also waits for something else, when judged, then nothing is found."""
    assert findings(node_closed, cluster(cordoned(), waiting(message))) == []


def test_a_cordoned_node_that_nobody_waits_for_is_left_alone() -> None:
    """Given a cordoned node under maintenance and pods that run, when judged, then nothing is found."""
    assert findings(node_closed, cluster(cordoned(), pod())) == []


def test_the_taints_of_ill_nodes_are_left_to_their_checks() -> None:
    """Given the taint of a node that is not ready, when a pod waits, then this check leaves it to K8S-N101."""
    message = "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }."

    assert findings(node_closed, cluster(tainted("node.kubernetes.io/not-ready", ""), waiting(message))) == []


def test_a_node_that_is_ill_would_not_help_if_it_were_open() -> None:
    """Given a cordoned node that is not ready, when a pod waits, then opening it would not help: nothing is found."""
    ill = node(spec={"unschedulable": True}, conditions=[{"type": "Ready", "status": "Unknown"}])

    assert findings(node_closed, cluster(ill, waiting(CORDONED))) == []


def test_a_pod_that_selects_other_nodes_does_not_wait_for_this_one() -> None:
    """Given a pod whose node selector the cordoned node does not meet, when judged, then it does not wait for it."""
    assert findings(node_closed, cluster(cordoned(), waiting(CORDONED, selector={"disk": "fast"}))) == []


def test_a_taint_that_only_prefers_is_left_alone() -> None:
    """Given a taint with effect PreferNoSchedule, when a pod waits, then the taint keeps nobody out."""
    ill: Any = tainted(effect="PreferNoSchedule")

    assert findings(node_closed, cluster(ill, waiting(DEDICATED))) == []
