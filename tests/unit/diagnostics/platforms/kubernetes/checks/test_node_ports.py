"""K8S-S108: hostPorts that are taken, and nodePorts that lead nowhere."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.node_ports import node_ports
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, container, findings, node, pod
from tests.unit.diagnostics.platforms.kubernetes.surroundings import service, slices

TAKEN = "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports."
NODE_PORT = {"port": 80, "targetPort": 8080, "nodePort": 30080}
LOCAL: dict[str, Any] = {"type": "NodePort", "externalTrafficPolicy": "Local", "ports": [NODE_PORT]}
TWO = (node("node-1"), node("node-2"))


def on_port(name: str, **more: Any) -> Any:
    return pod(name, containers=[container(ports=[{"containerPort": 80, "hostPort": 8080}])], **more)


def pending(message: str = TAKEN) -> Any:
    refused = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message,
               "lastTransitionTime": ago(minutes=9)}  # fmt: skip
    return on_port("api-7d4b9c-2", node="", ready=False, phase="Pending", conditions=[refused])


def test_the_holder_of_a_host_port_is_named() -> None:
    """Given a pod that finds no node with its hostPort free, when judged, then the pod that has it is named."""
    holder = on_port("old-7d4b9c-1", deployment="old")

    (found,) = findings(node_ports, cluster(holder, pending()))

    assert found.subject == Subject("deployment", "shop/api")
    assert "No node has hostPort 8080/TCP free" in found.summary
    assert "pod shop/old-7d4b9c-1 on node-1 has it" in found.summary
    assert found.evidence[0].value == TAKEN


def test_nodes_without_a_pod_drop_what_comes_in() -> None:
    """Given a NodePort service with policy Local and a pod on one of two nodes, when judged, then it is inferred."""
    snapshot = cluster(pod(), *TWO, service(**LOCAL), slices(up=["node-1"]))

    (found,) = findings(node_ports, snapshot)

    assert found.subject == Subject("service", "shop/api")
    assert "nodePort 30080 of 1 of 2 nodes only" in found.summary
    assert "(node-2)" in found.summary
    assert found.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    "objects",
    [
        [on_port("api-7d4b9c-1"), pending("0/1 nodes are available: 1 Insufficient cpu.")],
        [service(**LOCAL), slices(up=["node-1"])],
        [*TWO, service(**{**LOCAL, "externalTrafficPolicy": "Cluster"}), slices(up=["node-1"])],
        [*TWO, service(**{**LOCAL, "type": "LoadBalancer"}), slices(up=["node-1"])],
        [*TWO, service(**LOCAL), slices(down=["node-1"])],
    ],
    ids=["another reason", "on every node", "policy Cluster", "load balancer", "no endpoints at all"],
)
def test_ports_that_are_free_or_led_on_are_left_alone(objects: list[Any]) -> None:
    """Given another reason to wait, or traffic that finds its way, when judged, then nothing is found."""
    assert findings(node_ports, cluster(*objects)) == []


def test_a_scope_reads_too_few_nodes_to_tell() -> None:
    """Given a scope, which reads only the nodes of its pods, when judged, then nothing is said of nodes without one."""
    snapshot = cluster(*TWO, service(**LOCAL), slices(up=["node-1"]), scope="shop")

    assert findings(node_ports, snapshot) == []


def test_nodes_that_were_not_read_prove_nothing() -> None:
    """Given that nodes were refused, when judged, then nothing is said of nodes without a pod."""
    snapshot = cluster(node("node-2"), service(**LOCAL), slices(up=["node-1"]), complete=["endpointslices"])

    assert findings(node_ports, snapshot) == []
