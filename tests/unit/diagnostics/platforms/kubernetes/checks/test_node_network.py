"""K8S-N103: nodes that cannot give pods a network."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.node_network import node_network
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    ago,
    cluster,
    event,
    findings,
    node,
    owned_by,
    pod,
    status,
)

CRASHING = {"waiting": {"reason": "CrashLoopBackOff"}}


def agent(daemonset: str = "calico-node", *, ready: bool = False, created: str = ago(days=2), **more: Any) -> Pod:
    about = {**owned_by("DaemonSet", daemonset), "creationTimestamp": created}
    return pod(f"{daemonset}-x1", deployment="", namespace="kube-system", metadata=about, ready=ready, **more)


def ready(value: str, message: str = "", reason: str = "KubeletNotReady") -> dict[str, str]:
    return {"type": "Ready", "status": value, "reason": reason, "message": message}


@pytest.mark.parametrize(
    ("daemonset", "network"),
    [
        ("kube-flannel-ds", "Flannel"),
        ("kube-flannel-ds-amd64", "Flannel"),
        ("weave-net", "Weave"),
        ("calico-node", "Calico"),
        ("cilium", "Cilium"),
        ("ovnkube-node", "OVN-Kubernetes"),
    ],
)
def test_an_unready_agent_names_its_network(daemonset: str, network: str) -> None:
    """Given the crashing pod of a network's DaemonSet, when judged, then its node has no network, and whose it is."""
    ill = agent(daemonset, statuses=[status(ready=False, state=CRASHING)])

    (found,) = findings(node_network, cluster(ill))

    assert found.subject == Subject("node", "node-1")
    assert f"the pod of {network} there, kube-system/{daemonset}-x1, is not ready (CrashLoopBackOff)" in found.summary
    assert found.remedy is not None
    assert found.remedy.command == f"kubectl logs pod/{daemonset}-x1 -n kube-system"


def test_the_agents_own_word_is_evidence() -> None:
    """Given calico-node that runs unready and says why, when judged, then its event is evidence."""
    said = event("Pod", "calico-node-x1", "Unhealthy", "BIRD is not ready", namespace="kube-system")

    (found,) = findings(node_network, cluster(agent(), said))

    assert found.evidence[1].value == "BIRD is not ready"


def test_the_nodes_condition_is_enough() -> None:
    """Given a node without a route of the cloud, when judged, then its condition is told."""
    condition = {"type": "NetworkUnavailable", "status": "True", "reason": "NoRouteCreated", "message": "no route"}

    (found,) = findings(node_network, cluster(node(conditions=[ready("True"), condition])))

    assert "it says NoRouteCreated: no route" in found.summary


def test_a_kubelet_without_plugin_has_no_network() -> None:
    """Given a kubelet that waits for its network plugin, when judged, then that is a node without network."""
    message = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady"

    (found,) = findings(node_network, cluster(node(conditions=[ready("False", message)])))

    assert found.remedy is not None
    assert found.remedy.text.startswith("Install a network (CNI) plugin")


@pytest.mark.parametrize("value", ["Unknown", "False"])
def test_the_pods_of_an_ill_node_are_not_blamed(value: str) -> None:
    """Given a node that is not ready for another reason, so its pods are not, then its network is not blamed."""
    ill = node(conditions=[ready(value, "PLEG is not healthy")])

    assert findings(node_network, cluster(ill, agent())) == []


def test_an_agent_that_goes_does_not_hide_the_one_that_comes() -> None:
    """Given an agent that crashes beside the one that it replaces, when judged, then the node has no network."""
    about = owned_by("DaemonSet", "calico-node")
    going = pod("calico-node-old", deployment="", namespace="kube-system",
                metadata={**about, "deletionTimestamp": ago(seconds=9)})  # fmt: skip
    ill = agent(statuses=[status(ready=False, state=CRASHING)])

    assert len(findings(node_network, cluster(ill, going))) == 1


def test_what_is_well_is_left_alone() -> None:
    """Given a ready agent, one that starts, and an unready pod of another kind, when judged, then nothing is found."""
    young = agent("weave-net", created=ago(seconds=40))
    other = agent("log-shipper")

    assert findings(node_network, cluster(agent(ready=True), young, other)) == []
