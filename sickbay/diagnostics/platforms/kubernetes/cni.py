"""The agents that give pods their network: one DaemonSet each, known by its name."""

from collections.abc import Mapping

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: Names of the DaemonSets as the projects' own manifests give them.
_AGENTS: Mapping[str, str] = {
    "kube-flannel-ds": "Flannel",
    "kube-flannel": "Flannel",
    "weave-net": "Weave",
    "calico-node": "Calico",
    "canal": "Calico",
    "cilium": "Cilium",
    "ovnkube-node": "OVN-Kubernetes",
    "ovs-node": "OVN-Kubernetes",
    "aws-node": "the Amazon VPC CNI",
    "kindnet": "kindnet",
}
#: What the projects add to the name for one architecture or one kind of node: `kube-flannel-ds-amd64`.
_VARIANTS = ("-amd64", "-arm64", "-arm", "-ppc64le", "-s390x", "-single-node-zone")


def agent_of(pod: Pod) -> str:
    """Give the network whose agent the pod is, or nothing."""
    controller = pod.metadata.controller
    if controller is None or controller.kind != "DaemonSet":
        return ""
    name = controller.name
    for variant in _VARIANTS:
        name = name.removesuffix(variant)
    return _AGENTS.get(name, "")


def agents_by_node(cluster: Snapshot) -> Mapping[str, tuple[str, Pod]]:
    """Give each node's network agent: whose it is, and its pod."""
    return {pod.spec.node_name: (network, pod) for pod in cluster.pods if (network := agent_of(pod))}
