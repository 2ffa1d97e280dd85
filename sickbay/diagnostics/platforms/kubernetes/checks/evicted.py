"""The kubelet evicted a pod, because a resource ran out."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.evictions import FORMS, OTHERWISE, evicted_pods
from sickbay.diagnostics.platforms.kubernetes.grouping import by_workload
from sickbay.diagnostics.platforms.kubernetes.messages import capitalized, told
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-P110",
    title="Evicted",
    severity=Severity.MEDIUM,
    remedy="Give the pod requests and limits near to what it uses, and the node room.",
    explains=("K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def evicted(cluster: Snapshot) -> Iterator[Finding]:
    """The kubelet ended a pod to save its node, or because the pod used more of the node's disk than it may.

    Recognised by a pod that failed for the reason Evicted within the window; its message names the resource: memory,
    disk, inodes, process ids, or the pod's own limit of ephemeral storage or of an emptyDir. Pods that use more than
    they requested go first.
    """
    for group in by_workload(cluster, ((pod, "", moment) for pod, moment in evicted_pods(cluster))):
        pod, _ = group.first
        why, cure = told(FORMS, pod.status.message) or OTHERWISE
        were = "was" if len(group.members) == 1 else "were"
        nodes = {item.spec.node_name for item in group.pods}
        node = f" from node {pod.spec.node_name}" if len(nodes) == 1 and pod.spec.node_name else ""
        yield Finding(
            subject=group.subject,
            summary=f"{capitalized(group.some)} {were} evicted{node}: {why}.{difference(cluster, group)}",
            evidence=tuple(
                cluster.evidence("pods", item, "status", f"{item.status.reason}: {item.status.message}")
                for item, _ in group.shown
            ),
            remedy=remedy(cluster, group.subject, cure, kubectl("describe", Subject("pod", pod.name))),
            first_seen=min(moment for _, moment in group.members),
            last_seen=max(moment for _, moment in group.members),
            count=len(group.members),
        )
