"""A DaemonSet is not on every node where it should be, or on others."""

from collections.abc import Iterator, Sequence

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.troubles import START, stalled, trouble
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import DaemonSet

_SHOWN = 3


@check(
    "K8S-W104",
    title="DaemonSet incomplete",
    severity=Severity.MEDIUM,
    remedy="Look at the pods of the nodes where it is not ready; where there is none, at taints and tolerations.",
    explains=("K8S-S101", "K8S-S104"),
)
def daemonset_short(cluster: Snapshot) -> Iterator[Finding]:
    """A DaemonSet's pod is not ready on some nodes where it should be, or runs on nodes where it should not.

    Counted by the DaemonSet's own status. Pods and nodes that start have five minutes, pods that give a reason none. A
    pod that runs where it should not is mostly one that does not tolerate a taint set after it started: when it ends,
    it does not come back there.
    """
    for workload in cluster.daemonsets:
        status = workload.status
        subject = Subject("daemonset", workload.name)
        pods = cluster.pods_by_owner.get(subject, ())
        short = status.desired_number_scheduled - status.number_ready
        unready = _unready(cluster, pods, short)
        told = []
        if short > 0 and (unready or _missing(cluster, workload)):
            told.append(
                f"is ready on {status.number_ready} of {status.desired_number_scheduled} nodes{_where(unready)}"
            )
        if misplaced := _misplaced(cluster, workload, pods):
            told.append(f"runs on {misplaced} where it should not")
        if told:
            yield Finding(
                subject=subject,
                summary=f"DaemonSet {workload.name} {' and '.join(told)}.",
                evidence=(
                    cluster.evidence(
                        "daemonsets",
                        workload,
                        "status",
                        f"desired {status.desired_number_scheduled}, ready {status.number_ready}, "
                        f"misscheduled {status.number_misscheduled}",
                    ),
                    *(cluster.evidence("pods", pod, "status", trouble(pod) or "not ready") for pod in unready[:_SHOWN]),
                ),
                remedy=remedy(
                    cluster,
                    subject,
                    "Look at its pods that are not ready."
                    if unready
                    else "Compare its tolerations and node selector with the nodes' taints and labels.",
                    kubectl("describe", Subject("pod", unready[0].name) if unready else subject),
                ),
                count=max(short, misplaced),
            )


def _missing(cluster: Snapshot, workload: DaemonSet) -> bool:
    """Say whether pods are not there at all, on nodes and of a DaemonSet that are not new."""
    settled = all(since(node.metadata.created_at, cluster.now) > START for node in cluster.nodes)
    old = since(workload.metadata.created_at, cluster.now) > START
    return workload.status.current_number_scheduled < workload.status.desired_number_scheduled and old and settled


def _unready(cluster: Snapshot, pods: Sequence[Pod], short: int) -> Sequence[Pod]:
    """Give the pods that are not ready, no more than are short: what waits for a place may wait for an ill node."""
    unready = [pod for pod in pods if stalled(cluster, pod)] if short > 0 else []
    return sorted(unready, key=lambda pod: not pod.spec.node_name)[:short]


def _misplaced(cluster: Snapshot, workload: DaemonSet, pods: Sequence[Pod]) -> int:
    """Give how many pods are where they should not be, for which no illness of a node and no end of theirs accounts.

    On a node that is not ready no DaemonSet should be, and each one there counts as misscheduled.
    """
    ill = sum((ready := node.condition("Ready")) is None or ready.status != "True" for node in cluster.nodes)
    going = sum(pod.metadata.deletion_timestamp is not None for pod in pods)
    return max(0, workload.status.number_misscheduled - ill - going) if cluster.nodes else 0


def _where(unready: Sequence[Pod]) -> str:
    told = ", ".join(f"{pod.spec.node_name or 'unplaced'} ({trouble(pod) or 'not ready'})" for pod in unready[:_SHOWN])
    more = f" and {len(unready) - _SHOWN} more" if len(unready) > _SHOWN else ""
    return f"; not on {told}{more}" if unready else ""
