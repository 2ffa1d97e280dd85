"""A node is closed to pods that wait for it."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.closures import Closure, closures
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

#: Nodes closed by the same of which each is told; of more, all together.
_EACH = 3


@check(
    "K8S-N104",
    title="Node closed to waiting pods",
    severity=Severity.LOW,
    remedy="Open the node again (kubectl uncordon), or let the pods tolerate its taint.",
)
def node_closed(cluster: Snapshot) -> Iterator[Finding]:
    """Pods wait, and what the scheduler names is that nodes are cordoned or have a taint that the pods do not tolerate.

    Told only where the scheduler gives a pod no other reason, such as too little memory: only then would opening the
    node help. Taints that come from a node's illness are told by the checks of that illness.
    """
    for closure in closures(cluster):
        few = len(closure.nodes) <= _EACH
        for subject in [Subject("node", node.name) for node in closure.nodes] if few else [cluster.subject]:
            yield _finding(cluster, subject, closure)


def _finding(cluster: Snapshot, subject: Subject, closure: Closure) -> Finding:
    nodes, pods = closure.nodes, closure.pods
    one = subject.kind == "node"
    which = f"Node {subject.name} is" if one else f"{len(nodes)} nodes are"
    wait = f"pod {pods[0].name} waits" if len(pods) == 1 else f"{len(pods)} pods wait, first {pods[0].name},"
    condition = pods[0].condition("PodScheduled")
    field, cure = ("spec.unschedulable", "Open it again when the work on it is done.")
    if closure.taint:
        field, cure = "spec.taints", "Give the pods a toleration, remove the taint, or add nodes that they may use."
    shown = [node for node in nodes if not one or node.name == subject.name][:_EACH]
    said = cluster.evidence("pods", pods[0], "status.conditions[PodScheduled]", condition.message if condition else "-")
    return Finding(
        subject=subject,
        summary=f"{which} {closure.how} while {wait} for want of an open node.",
        evidence=(*(cluster.evidence("nodes", node, field, closure.how) for node in shown), said),
        remedy=remedy(cluster, subject, cure, None if closure.taint else f"kubectl uncordon {shown[0].name}"),
        first_seen=condition.last_transition_time if condition else None,
        count=len(pods),
    )
