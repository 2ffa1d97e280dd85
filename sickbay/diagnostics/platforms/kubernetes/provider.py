"""Who runs a cluster, as its nodes tell it."""

from collections import Counter
from collections.abc import Iterable

from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node

#: What begins a node's provider id. A cloud's machines also run clusters that people set up themselves: of them the id
#: names the cloud, and only a label or a version the managed service.
_PROVIDER_IDS = {
    "kind": "kind",
    "k3s": "k3s",
    "vsphere": "vSphere",
    "aws": "self-managed on AWS",
    "azure": "self-managed on Azure",
    "gce": "self-managed on Google Cloud",
}
#: Beginnings of labels that only one tool sets.
_LABELS = {
    "minikube.k8s.io/": "minikube",
    "eks.amazonaws.com/": "EKS",
    "alpha.eksctl.io/": "EKS",
    "kubernetes.azure.com/": "AKS",
    "cloud.google.com/gke-": "GKE",
    "k3s.io/": "k3s",
    "node.k3s.io/": "k3s",
}
#: Parts of the kubelet's version that only one distribution has.
_VERSIONS = {"+k3s": "k3s", "-eks-": "EKS", "-gke.": "GKE"}
_KUBEADM_LABELS = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


def provider_of(nodes: Iterable[Node]) -> str:
    """Give `minikube`, `kind`, `k3s`, `kubeadm`, `EKS`, `AKS`, `GKE`, `vSphere` by what most nodes say, or nothing.

    A label or version that only one distribution has says more than the cloud that a node's provider id names. What
    has control plane nodes of its own, and nothing else to tell it by, is taken for kubeadm's.
    """
    nodes = tuple(nodes)
    told = Counter(name for node in nodes if (name := _distribution(node) or _machine(node)))
    if told:
        return told.most_common(1)[0][0]
    by_hand = any(label in node.metadata.labels for node in nodes for label in _KUBEADM_LABELS)
    return "kubeadm" if by_hand else ""


def _distribution(node: Node) -> str:
    for beginning, name in _LABELS.items():
        if any(label.startswith(beginning) for label in node.metadata.labels):
            return name
    version = node.status.node_info.kubelet_version
    return next((name for part, name in _VERSIONS.items() if part in version), "")


def _machine(node: Node) -> str:
    return _PROVIDER_IDS.get(node.spec.provider_id.partition("://")[0], "")
