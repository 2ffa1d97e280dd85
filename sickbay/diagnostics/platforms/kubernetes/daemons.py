"""Where a DaemonSet's pods are missing, and where they are though they should not be."""

from collections.abc import Sequence

from msgspec import Struct

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.troubles import START, stalled, trouble
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import DaemonSet

_SHOWN = 3


class Spread(Struct, frozen=True):
    """On how many nodes a DaemonSet is short, its pods that are not ready, and how many are where none should be."""

    short: int
    unready: tuple[Pod, ...]
    misplaced: int

    @property
    def where(self) -> str:
        """Give the nodes of the pods that are not ready, as the end of a sentence."""
        named = ((pod.spec.node_name or "unplaced", trouble(pod) or "not ready") for pod in self.unready[:_SHOWN])
        told = ", ".join(f"{node} ({why})" for node, why in named)
        more = f" and {len(self.unready) - _SHOWN} more" if len(self.unready) > _SHOWN else ""
        return f"; not on {told}{more}" if told else ""


def spread(cluster: Snapshot, workload: DaemonSet) -> Spread:
    """Give how a DaemonSet is spread; what starts or ends by itself is left out."""
    status = workload.status
    pods = cluster.pods_by_owner.get(Subject("daemonset", workload.name), ())
    short = max(0, status.desired_number_scheduled - status.number_ready)
    unready = [pod for pod in pods if stalled(cluster, pod)] if short else []
    if not unready and not _missing(cluster, workload):
        short = 0
    # What waits for a place may wait for an ill node, and counts less than what has one.
    unready = sorted(unready, key=lambda pod: not pod.spec.node_name)[:short]
    return Spread(short, tuple(unready), _misplaced(cluster, workload, pods))


def _missing(cluster: Snapshot, workload: DaemonSet) -> bool:
    """Say whether pods are not there at all, on nodes and of a DaemonSet that are not new."""
    if workload.status.current_number_scheduled >= workload.status.desired_number_scheduled:
        return False
    born = (workload.metadata.created_at, *(node.metadata.created_at for node in cluster.nodes))
    return all(since(moment, cluster.now) > START for moment in born)


def _misplaced(cluster: Snapshot, workload: DaemonSet, pods: Sequence[Pod]) -> int:
    """Give how many pods are where they should not be, for which no illness of a node and no end of theirs accounts.

    On a node that is not ready no DaemonSet should be, and each one there counts as misscheduled.
    """
    ill = sum((ready := node.condition("Ready")) is None or ready.status != "True" for node in cluster.nodes)
    going = sum(pod.metadata.deletion_timestamp is not None for pod in pods)
    return max(0, workload.status.number_misscheduled - ill - going) if cluster.nodes else 0
