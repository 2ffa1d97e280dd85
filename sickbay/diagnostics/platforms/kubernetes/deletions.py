"""Pods that should be gone by now, and what holds them."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: Seconds past its deletion time in which the kubelet may still unmount volumes and report.
_PATIENCE = 60.0


class Hold(Struct, frozen=True, kw_only=True):
    """What keeps a pod from going, what to do, whether that was seen or concluded, and since when the pod is late."""

    why: str
    cure: str
    seen: bool
    due: datetime | None


def held(cluster: Snapshot) -> Iterator[tuple[Pod, Hold]]:
    """Yield the pods that are past their deletion time, which the API server dates at the end of their grace."""
    for pod in cluster.unsteady:
        due = pod.metadata.deletion_timestamp
        if due and since(due, cluster.now) >= _PATIENCE:
            why, cure, seen = _hold(cluster, pod)
            yield pod, Hold(why=why, cure=cure, seen=seen, due=due)


def _hold(cluster: Snapshot, pod: Pod) -> tuple[str, str, bool]:
    node = pod.spec.node_name
    if pod.metadata.finalizers:
        names = ", ".join(pod.metadata.finalizers)
        return (
            f"it waits for its finalizers {names}",
            "Mend or start the controller that owns the finalizer; remove it by hand only if what it guards is done.",
            True,
        )
    if node and node not in cluster.node_by_name and cluster.knows("nodes"):
        return f"its node {node} is gone", "Delete it by force: its node will not confirm its end.", True
    there = cluster.node_by_name.get(node)
    ready = there.condition("Ready") if there else None
    if ready and ready.status != "True":
        return (
            f"its node {node} is not ready and cannot confirm its end",
            "Mend the node; delete the pod by force only when it is certain that the machine is off.",
            True,
        )
    return (
        "the kubelet has not confirmed its end",
        "Look at the kubelet's log on its node: a process that cannot be killed, or a volume that cannot be unmounted.",
        False,
    )
