"""Nodes that cannot give pods a network, by their own word or by the pod of the network's DaemonSet there."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import stalled, trouble
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
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
#: How kubelets of all versions begin to say that there is no CNI configuration or no plugin.
_NO_NETWORK = ("NetworkPluginNotReady", "network plugin is not ready", "cni plugin not initialized")


class CutOff(Struct, frozen=True):
    """A node without network: the condition that says so, or the unready pod of the network's agent, or both."""

    node: Node
    network: str
    condition: Condition | None
    agent: Pod | None

    @property
    def why(self) -> str:
        """Give who says so, and what."""
        told = []
        if self.condition:
            told.append(f"it says {self.condition.reason}: {self.condition.message}".rstrip("."))
        if self.agent:
            state = trouble(self.agent) or "running, but unready"
            told.append(f"the pod of {self.network} there, {self.agent.name}, is not ready ({state})")
        return ", and ".join(told)


def cut_off(cluster: Snapshot) -> Iterator[CutOff]:
    """Yield the nodes without network. Of one that is ill otherwise, a pod counts only by a reason of its own."""
    agents = _agents_by_node(cluster)
    for node in cluster.nodes:
        condition, ready = _no_network(node), node.condition("Ready")
        network, agent = agents.get(node.name, ("", None))
        own = condition is not None or (ready is not None and ready.status == "True")
        if agent and not (stalled(cluster, agent) and (own or trouble(agent))):
            agent = None
        if condition or agent:
            yield CutOff(node, network, condition, agent)


def _no_network(node: Node) -> Condition | None:
    unavailable, ready = node.condition("NetworkUnavailable"), node.condition("Ready")
    if unavailable and unavailable.status == "True":
        return unavailable
    if ready and ready.status == "False" and any(words in ready.message for words in _NO_NETWORK):
        return ready
    return None


def _agents_by_node(cluster: Snapshot) -> Mapping[str, tuple[str, Pod]]:
    """Give each node's network agent: whose it is, and its pod."""
    found = {}
    for subject, pods in cluster.pods_by_owner.items():
        network = _network(subject.name.rpartition("/")[2]) if subject.kind == "daemonset" else ""
        for pod in pods if network else ():
            if not pod.finished and not pod.metadata.deletion_timestamp:
                found[pod.spec.node_name] = network, pod
    return found


def _network(daemonset: str) -> str:
    """Give the network whose agent a DaemonSet of this name is, or nothing."""
    for variant in _VARIANTS:
        daemonset = daemonset.removesuffix(variant)
    return _AGENTS.get(daemonset, "")
