"""A node does not answer."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.leases import node_leases
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Lease, Node

#: Seconds: a kubelet renews its lease every 10, and is given up after 40 to 50 (--node-monitor-grace-period).
_SILENT = 60.0
#: Seconds that a new node may take to get ready.
_JOINING = 120.0
_REASONS = {
    "NodeStatusUnknown": "its kubelet has stopped reporting",
    "NodeStatusNeverUpdated": "its kubelet has never reported",
}
_NO_ANSWER = "Look whether the machine runs and reaches the API server; then at its kubelet (systemctl status kubelet)."


@check(
    "K8S-N101",
    title="Node not ready",
    severity=Severity.CRITICAL,
    remedy="Look whether the machine runs, whether it reaches the API server, and what its kubelet logs.",
    explains=("K8S-P106", "K8S-P108", "K8S-P111", "K8S-V103", "K8S-W101", "K8S-W103", "K8S-W104", "K8S-S101"),
)
def node_not_ready(cluster: Snapshot) -> Iterator[Finding]:
    """A node's kubelet does not report, or reports that it cannot run pods.

    Unknown means that the kubelet is down, or that it and the API server cannot reach each other; False comes from the
    kubelet itself, with its reason. A lease older than 60 seconds of a node that still counts as ready means that
    nobody has noted its silence yet, or that its clock is behind: that is inferred.
    """
    leases = node_leases(cluster)
    for node in cluster.nodes:
        ready = node.condition("Ready")
        lease = leases.get(node.name)
        if ready is None or ready.status != "True":
            if ready is None or ready.status != "False" or _age(cluster, node) > _JOINING:
                yield from _unready(cluster, node, ready)
        elif lease and cluster.clock and since(lease.spec.renew_time, cluster.clock) > _SILENT:
            yield _unheard(cluster, node, lease)


def _unready(cluster: Snapshot, node: Node, ready: Condition | None) -> Iterator[Finding]:
    if ready is None and _age(cluster, node) <= _SILENT:
        return
    if ready is None:
        why, evidence = "its kubelet has never reported", cluster.evidence("nodes", node, "status.conditions", "none")
    else:
        told = f"{ready.reason}: {ready.message}"
        evidence = cluster.evidence("nodes", node, "status.conditions[Ready]", f"{ready.status}, {told}")
        why = _REASONS.get(ready.reason) or f"its kubelet says {told}"
    own_word = ready is not None and ready.status == "False"
    subject = Subject("node", node.name)
    cure = "Mend what its kubelet names; its log on the node says more (journalctl -u kubelet)."
    yield Finding(
        subject=subject,
        summary=f"Node {node.name} is not ready: {why.rstrip('.')}; {_pods(cluster, node)}.",
        evidence=(evidence,),
        remedy=remedy(cluster, subject, cure if own_word else _NO_ANSWER, kubectl("describe", subject)),
        first_seen=ready.last_transition_time if ready else None,
    )


def _unheard(cluster: Snapshot, node: Node, lease: Lease) -> Finding:
    age = since(lease.spec.renew_time, cluster.now)
    return Finding(
        subject=Subject("node", node.name),
        summary=f"Node {node.name} counts as ready but has not renewed its lease for {age:.0f} s: its kubelet is "
        f"silent and no controller has noted it yet, or its clock is behind; {_pods(cluster, node)}.",
        evidence=(cluster.evidence("leases", lease, "spec.renewTime", f"{lease.spec.renew_time:%H:%M:%S} UTC"),),
        confidence=Confidence.INFERRED,
        remedy=remedy(cluster, Subject("node", node.name), _NO_ANSWER),
        first_seen=lease.spec.renew_time,
    )


def _pods(cluster: Snapshot, node: Node) -> str:
    count = sum(not pod.finished for pod in cluster.pods_by_node.get(node.name, ()))
    return f"{count} pod{'' if count == 1 else 's'} on it {'is' if count == 1 else 'are'} affected"


def _age(cluster: Snapshot, node: Node) -> float:
    return since(node.metadata.created_at, cluster.now)
