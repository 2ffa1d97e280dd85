"""What closes nodes to pods that wait for exactly them: a cordon, or a taint that they do not tolerate."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

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


class Closure(Struct, frozen=True):
    """Nodes that are closed by one taint (None: by a cordon), and the pods that wait for them."""

    taint: Taint | None
    nodes: tuple[Node, ...]
    pods: tuple[Pod, ...]

    @property
    def how(self) -> str:
        """Give `cordoned`, or `tainted {key: value}` in the scheduler's words."""
        return f"tainted {_written(self.taint)}" if self.taint else "cordoned"


def closures(cluster: Snapshot) -> Iterator[Closure]:
    """Yield what keeps pods from nodes, where the scheduler gives them no other reason."""
    waiting = [(pod, message) for pod in cluster.pods_by_node.get("", ()) if (message := _closed_to(pod))]
    for taint, closed in (_closed(cluster) if waiting else {}).items():
        kept_out = [pod for pod, message in waiting if _kept_out(pod, message, taint)]
        pods = tuple(pod for pod in kept_out if any(_wants(pod, node) for node in closed))
        nodes = tuple(node for node in closed if any(_wants(pod, node) for pod in pods))
        if pods:
            yield Closure(taint, nodes, pods)


def _closed_to(pod: Pod) -> str:
    """Give the scheduler's message where it names nothing but closed nodes and nodes that the pod does not want."""
    scheduled = pod.condition("PodScheduled")
    if scheduled is None or scheduled.status != "False":
        return ""
    message = scheduled.message.lower()
    return "" if any(other in message for other in _OTHER_REASONS) else scheduled.message


def _closed(cluster: Snapshot) -> Mapping[Taint | None, list[Node]]:
    """Give the nodes that are well by the taint that closes them; under None those that are cordoned."""
    found: dict[Taint | None, list[Node]] = {}
    for node in cluster.nodes:
        ready = node.condition("Ready")
        if ready is None or ready.status != "True":
            continue
        if node.spec.unschedulable:
            found.setdefault(None, []).append(node)
        for taint in node.spec.taints:
            if taint.effect in {"NoSchedule", "NoExecute"} and not taint.key.startswith(_ILL):
                found.setdefault(Taint(key=taint.key, value=taint.value, effect=taint.effect), []).append(node)
    return found


def _kept_out(pod: Pod, message: str, taint: Taint | None) -> bool:
    """Say whether the scheduler names this taint, or that nodes are cordoned where it is none."""
    if taint is None:
        return _CORDONED in message
    tolerated = any(_tolerates(item, taint) for item in pod.spec.tolerations)
    return _written(taint) in message or (_UNNAMED in message and not tolerated)


def _wants(pod: Pod, node: Node) -> bool:
    """Say whether the pod would go to the node: its node selector fits (affinity is not read)."""
    return pod.spec.node_selector.items() <= node.metadata.labels.items()


def _tolerates(toleration: Toleration, taint: Taint) -> bool:
    same_key = toleration.key == taint.key or (not toleration.key and toleration.operator == "Exists")
    same_value = toleration.operator == "Exists" or toleration.value == taint.value
    return same_key and same_value and toleration.effect in {"", taint.effect}


def _written(taint: Taint) -> str:
    return f"{{{taint.key}: {taint.value}}}"
