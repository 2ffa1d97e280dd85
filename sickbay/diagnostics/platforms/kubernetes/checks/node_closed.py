"""A node is closed to pods that wait for it."""

from collections.abc import Iterable, Iterator, Mapping

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node, Taint
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod, Toleration

#: Reasons of the scheduler that more open nodes would not remove.
_OTHER_REASONS = ("insufficient", "too many pods", "free ports", "persistent", "pod affinity", "anti-affinity")
_CORDONED = "were unschedulable"
#: Newer schedulers do not name the taint: then the pod's tolerations tell which it is.
_UNNAMED = "untolerated taint(s)"
#: Taints that the cluster sets itself while a node is ill: other checks tell of those.
_ILL = "node.kubernetes.io/"
#: Nodes with one obstacle of which each is told; of more, all together.
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
    waiting = [(pod, message) for pod in cluster.pods_by_node.get("", ()) if (message := _closed_to(pod))]
    if not waiting:
        return
    for obstacle, closed in _closed(cluster.nodes).items():
        pods = [
            pod
            for pod, message in waiting
            if _kept_out(pod, message, obstacle) and any(_wants(pod, node) for node in closed)
        ]
        nodes = [node for node in closed if any(_wants(pod, node) for pod in pods)]
        if not pods:
            continue
        subjects = [Subject("node", node.name) for node in nodes] if len(nodes) <= _EACH else [cluster.subject]
        for subject in subjects:
            yield _finding(cluster, subject, obstacle, nodes, pods)


def _closed_to(pod: Pod) -> str:
    """Give the scheduler's message where it names nothing but closed nodes and nodes that the pod does not want."""
    scheduled = pod.condition("PodScheduled")
    if scheduled is None or scheduled.status != "False":
        return ""
    message = scheduled.message.lower()
    return "" if any(other in message for other in _OTHER_REASONS) else scheduled.message


def _wants(pod: Pod, node: Node) -> bool:
    """Say whether the pod would go to the node: its node selector fits (affinity is not read)."""
    return pod.spec.node_selector.items() <= node.metadata.labels.items()


def _kept_out(pod: Pod, message: str, taint: Taint | None) -> bool:
    """Say whether the scheduler names this taint, or that nodes are cordoned where it is none."""
    if taint is None:
        return _CORDONED in message
    tolerated = any(_tolerates(item, taint) for item in pod.spec.tolerations)
    return _written(taint) in message or (_UNNAMED in message and not tolerated)


def _tolerates(toleration: Toleration, taint: Taint) -> bool:
    same_key = toleration.key == taint.key or (not toleration.key and toleration.operator == "Exists")
    same_value = toleration.operator == "Exists" or toleration.value == taint.value
    return same_key and same_value and toleration.effect in {"", taint.effect}


def _closed(nodes: Iterable[Node]) -> Mapping[Taint | None, list[Node]]:
    """Give the nodes that are well by the taint that closes them; under None those that are cordoned."""
    found: dict[Taint | None, list[Node]] = {}
    for node in nodes:
        ready = node.condition("Ready")
        if ready is None or ready.status != "True":
            continue
        if node.spec.unschedulable:
            found.setdefault(None, []).append(node)
        for taint in node.spec.taints:
            if taint.effect in {"NoSchedule", "NoExecute"} and not taint.key.startswith(_ILL):
                found.setdefault(Taint(key=taint.key, value=taint.value, effect=taint.effect), []).append(node)
    return found


def _written(taint: Taint) -> str:
    return f"{{{taint.key}: {taint.value}}}"


def _finding(cluster: Snapshot, subject: Subject, taint: Taint | None, nodes: list[Node], pods: list[Pod]) -> Finding:
    cordoned = taint is None
    how = f"tainted {_written(taint)}" if taint else "cordoned"
    which = f"Node {subject.name} is" if subject.kind == "node" else f"{len(nodes)} nodes are"
    wait = f"pod {pods[0].name} waits" if len(pods) == 1 else f"{len(pods)} pods wait, first {pods[0].name},"
    shown = [node for node in nodes if subject.kind != "node" or node.name == subject.name][:_EACH]
    field, cure = ("spec.unschedulable", "Open it again when the work on it is done.")
    if not cordoned:
        field, cure = "spec.taints", "Give the pods a toleration, remove the taint, or add nodes that they may use."
    condition = pods[0].condition("PodScheduled")
    return Finding(
        subject=subject,
        summary=f"{which} {how} while {wait} for want of an open node.",
        evidence=(
            *(cluster.evidence("nodes", node, field, how) for node in shown),
            cluster.evidence(
                "pods", pods[0], "status.conditions[PodScheduled]", condition.message if condition else "-"
            ),
        ),
        remedy=remedy(cluster, subject, cure, f"kubectl uncordon {nodes[0].name}" if cordoned else None),
        first_seen=condition.last_transition_time if condition else None,
        count=len(pods),
    )
