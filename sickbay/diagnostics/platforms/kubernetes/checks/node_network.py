"""A node cannot give pods a network."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.cni import agents_by_node
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import stalled, trouble
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: How kubelets of all versions begin to say that there is no CNI configuration or no plugin.
_NO_NETWORK = ("NetworkPluginNotReady", "network plugin is not ready", "cni plugin not initialized")


@check(
    "K8S-N103",
    title="Node without network",
    severity=Severity.HIGH,
    remedy="Look at the pod of the network's DaemonSet on this node: its log names what it misses.",
    explains=("K8S-N101", "K8S-P106"),
)
def node_network(cluster: Snapshot) -> Iterator[Finding]:
    """Pods that start on the node get no network, or no way to other nodes.

    Recognised by the node's condition NetworkUnavailable, by a kubelet that says that its network plugin is not ready,
    or by the unready pod of the network's DaemonSet there: Flannel, Weave, Calico, Cilium, OVN-Kubernetes, the Amazon
    VPC CNI and kindnet, by the names in their own manifests. Where the node itself is not ready, the cluster marks all
    its pods unready: there the pod must give a reason of its own.
    """
    agents = agents_by_node(cluster)
    for node in cluster.nodes:
        condition = _no_network(node)
        ready = node.condition("Ready")
        network, pod = agents.get(node.name, ("", None))
        ill = pod is not None and stalled(cluster, pod) and (_tells(ready) or condition or trouble(pod))
        if condition or (pod and ill):
            yield _finding(cluster, node, condition, network, pod if ill else None)


def _tells(ready: Condition | None) -> bool:
    """Say whether the node is ready, so that its pods' state is their own."""
    return ready is not None and ready.status == "True"


def _no_network(node: Node) -> Condition | None:
    unavailable, ready = node.condition("NetworkUnavailable"), node.condition("Ready")
    if unavailable and unavailable.status == "True":
        return unavailable
    if ready and ready.status == "False" and any(words in ready.message for words in _NO_NETWORK):
        return ready
    return None


def _finding(cluster: Snapshot, node: Node, condition: Condition | None, network: str, pod: Pod | None) -> Finding:
    subject = Subject("node", node.name)
    told = []
    if condition:
        told.append(f"it says {condition.reason}: {condition.message}".rstrip("."))
    if pod:
        told.append(f"the pod of {network} there, {pod.name}, is not ready ({trouble(pod) or 'running, but unready'})")
    where = Subject("pod", pod.name) if pod else subject
    return Finding(
        subject=subject,
        summary=f"Node {node.name} cannot give new pods their network: {', and '.join(told)}.",
        evidence=tuple(_evidence(cluster, node, condition, pod)),
        remedy=remedy(
            cluster,
            where,
            f"Mend the pod of {network} on this node."
            if pod
            else "Install a network (CNI) plugin, or look at the pods of the one that is installed.",
            kubectl("logs" if pod else "describe", where),
        ),
        first_seen=condition.last_transition_time if condition else None,
    )


def _evidence(cluster: Snapshot, node: Node, condition: Condition | None, pod: Pod | None) -> Iterator[Evidence]:
    if condition:
        field = f"status.conditions[{condition.type}]"
        yield cluster.evidence("nodes", node, field, f"{condition.status}, {condition.reason}: {condition.message}")
    if pod:
        yield cluster.evidence("pods", pod, "status.conditions[Ready]", f"False ({trouble(pod) or 'unready'})")
        for event in cluster.events_of("Pod", pod.name)[-1:]:
            yield cluster.event_evidence(event)
