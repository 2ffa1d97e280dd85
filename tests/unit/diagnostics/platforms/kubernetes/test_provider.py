"""Who runs a cluster, told by its nodes."""

from typing import Any

import pytest

from sickbay.diagnostics.platforms.kubernetes.provider import provider_of
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, make


def machine(labels: dict[str, str] | None = None, provider_id: str = "", version: str = "v1.31.2") -> Node:
    fields: dict[str, Any] = {
        "metadata": {"name": "node", "labels": labels or {}},
        "spec": {"providerID": provider_id},
        "status": {"nodeInfo": {"kubeletVersion": version}},
    }
    return make(Node, fields)


CONTROL_PLANE = {"node-role.kubernetes.io/control-plane": ""}


@pytest.mark.parametrize(
    ("node", "provider"),
    [
        (machine({"minikube.k8s.io/name": "minikube", **CONTROL_PLANE}), "minikube"),
        (machine(CONTROL_PLANE, "kind://docker/kind/kind-control-plane"), "kind"),
        (machine(CONTROL_PLANE, "k3s://node-1", "v1.31.2+k3s1"), "k3s"),
        (machine(version="v1.31.2+k3s1"), "k3s"),
        (machine(provider_id="aws:///eu-west-1a/i-0abc", version="v1.31.2-eks-94953ac"), "EKS"),
        (machine({"eks.amazonaws.com/nodegroup": "blue"}, "aws:///eu-west-1a/i-0abc"), "EKS"),
        (machine({"kubernetes.azure.com/cluster": "MC_shop"}, "azure:///subscriptions/0/x"), "AKS"),
        (machine(provider_id="gce://shop/europe-west1-b/gke-1", version="v1.31.2-gke.1115000"), "GKE"),
        (machine(CONTROL_PLANE, "vsphere://4230"), "vSphere"),
        (machine(CONTROL_PLANE, "aws:///eu-west-1a/i-0abc"), "self-managed on AWS"),
        (machine({"node-role.kubernetes.io/master": ""}, version="v1.20.2"), "kubeadm"),
        (machine(), ""),
    ],
)
def test_a_node_tells_who_runs_the_cluster(node: Node, provider: str) -> None:
    """Given a node as one provider makes it, when asked, then that provider is named, and none where nothing tells."""
    assert provider_of([node]) == provider


def test_what_most_nodes_say_holds() -> None:
    """Given three nodes of EKS and one that was joined from a data centre, when asked, then it is EKS."""
    joined = machine(provider_id="vsphere://4230")

    assert provider_of([joined, *[machine(version="v1.31.2-eks-94953ac")] * 3]) == "EKS"


def test_no_nodes_tell_nothing() -> None:
    """Given no nodes, as where they may not be read, when asked, then nothing is said."""
    assert provider_of([]) == ""


def test_the_report_names_the_provider() -> None:
    """Given a cluster of EKS's nodes, when a report says what was looked at, then it says whose cluster it is."""
    looked_at = cluster(machine(version="v1.31.2-eks-94953ac")).looked_at()

    assert looked_at == {"clusters (EKS)": 1, "nodes": 1}
