"""A node cannot give pods a network."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.cni import CutOff, cut_off
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import trouble


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
    for found in cut_off(cluster):
        node, agent = found.node, found.agent
        where = Subject("pod", agent.name) if agent else Subject("node", node.name)
        cure = "Install a network (CNI) plugin, or look at the pods of the one that is installed."
        if agent:
            cure = f"Mend the pod of {found.network} on this node."
        yield Finding(
            subject=Subject("node", node.name),
            summary=f"Node {node.name} cannot give new pods their network: {found.why}.",
            evidence=tuple(_evidence(cluster, found)),
            remedy=remedy(cluster, where, cure, kubectl("logs" if agent else "describe", where)),
            first_seen=found.condition.last_transition_time if found.condition else None,
        )


def _evidence(cluster: Snapshot, found: CutOff) -> Iterator[Evidence]:
    if item := found.condition:
        told = f"{item.status}, {item.reason}: {item.message}"
        yield cluster.evidence("nodes", found.node, f"status.conditions[{item.type}]", told)
    if pod := found.agent:
        yield cluster.evidence("pods", pod, "status.conditions[Ready]", f"False ({trouble(pod) or 'unready'})")
        for event in cluster.events_of("Pod", pod.name)[-1:]:
            yield cluster.event_evidence(event)
