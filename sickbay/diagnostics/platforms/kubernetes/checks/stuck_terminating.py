"""A pod that was deleted does not go."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.deletions import Hold, held
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload
from sickbay.diagnostics.platforms.kubernetes.messages import capitalized
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since


@check(
    "K8S-P111",
    title="Stuck terminating",
    severity=Severity.MEDIUM,
    remedy="Remove what holds the pod: a finalizer's controller, or its node.",
    explains=("K8S-W103", "K8S-W105", "K8S-X108"),
)
def stuck_terminating(cluster: Snapshot) -> Iterator[Finding]:
    """A pod was deleted, its grace is over by more than a minute, and it is still there.

    Recognised by its deletionTimestamp, which already holds the grace. What holds it: finalizers, which the finding
    names; a node that is gone or not ready and so cannot confirm the end; else the kubelet, which cannot kill a process
    or unmount a volume. A StatefulSet makes no new pod of that name until the old one is gone.
    """
    for group in by_workload(cluster, ((pod, hold.why, hold) for pod, hold in held(cluster))):
        pod, hold = group.first
        minutes = int(since(hold.due, cluster.now) // 60)
        others = f" Others of it: {'; '.join(group.others)}." if group.others else ""
        yield Finding(
            subject=group.subject,
            summary=f"{capitalized(group.some)} should have been gone {minutes} minutes ago: {hold.why}.{others}"
            f"{difference(cluster, group)}",
            evidence=tuple(_evidence(cluster, group)),
            confidence=Confidence.OBSERVED if hold.seen else Confidence.INFERRED,
            remedy=remedy(cluster, group.subject, hold.cure, kubectl("describe", Subject("pod", pod.name))),
            first_seen=min((item.due for _, item in group.members if item.due), default=None),
            last_seen=cluster.now,
            count=len(group.members),
        )


def _evidence(cluster: Snapshot, group: Group[str, Hold]) -> Iterator[Evidence]:
    for pod, _ in group.shown:
        meta = pod.metadata
        told = f"{meta.deletion_timestamp:%Y-%m-%d %H:%M:%S} UTC, grace {meta.deletion_grace_period_seconds} s"
        yield cluster.evidence("pods", pod, "metadata.deletionTimestamp", told)
        if meta.finalizers:
            yield cluster.evidence("pods", pod, "metadata.finalizers", ", ".join(meta.finalizers))
    pod, _ = group.first
    node = cluster.node_by_name.get(pod.spec.node_name)
    if node and (ready := node.condition("Ready")) and ready.status != "True":
        yield cluster.evidence("nodes", node, "status.conditions[Ready]", f"{ready.status}: {ready.reason}")
    yield from map(cluster.event_evidence, cluster.events_of("Pod", pod.name, "FailedKillPod", "FailedUnmount")[-1:])
