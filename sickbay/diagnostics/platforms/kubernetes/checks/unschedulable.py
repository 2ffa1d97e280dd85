"""The scheduler finds no node for a pod."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.scheduling import group_evidence, refusal_of, waiting
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

#: Groups of nodes of which the autoscaler's word is shown.
_GROUPS = 3


@check(
    "K8S-P104",
    title="Unschedulable",
    severity=Severity.HIGH,
    remedy="Compare what the pod asks for with what the nodes have left.",
    explains=("K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def unschedulable(cluster: Snapshot) -> Iterator[Finding]:
    """No node fits a pod: too little CPU, memory or GPUs, a taint, a selector, a claim, a port or a cordon.

    Recognised by the condition PodScheduled being False for the reason Unschedulable, longer than a minute (a cluster
    that scales itself may need some more); its message counts the nodes by what each lacks. What lacks most nodes
    chooses the remedy. Limits do not count, only requests do. Where a cluster autoscaler says that a group of nodes is
    at its maximum, or that the cloud gave it none, that stands in the evidence.
    """
    for group in by_workload(cluster, ((pod, "", told.message) for pod, told in waiting(cluster))):
        pod, message = group.first
        refusal = refusal_of(message)
        condition = pod.condition("PodScheduled")
        yield Finding(
            subject=group.subject,
            summary=f"No node fits {group.share}: {refusal}.{difference(cluster, group)}",
            evidence=tuple(_evidence(cluster, group)),
            remedy=remedy(cluster, group.subject, refusal.cure, kubectl("describe", Subject("pod", pod.name))),
            first_seen=condition.last_transition_time if condition else None,
            last_seen=cluster.now,
            count=len(group.members),
        )


def _evidence(cluster: Snapshot, group: Group[str, str]) -> Iterator[Evidence]:
    for pod, message in group.shown:
        yield cluster.evidence("pods", pod, "status.conditions[PodScheduled]", message)
    pod, _ = group.first
    for container in pod.spec.containers:
        if asked := ", ".join(f"{name} {amount}" for name, amount in container.resources.requests.items()):
            yield cluster.evidence("pods", pod, f"spec.containers[{container.name}].resources.requests", asked)
    yield from map(cluster.event_evidence, cluster.events_of("Pod", pod.name, "FailedScheduling")[-1:])
    held = [item for item in cluster.node_groups if item.error or item.full]
    yield from (group_evidence(cluster, item) for item in held[:_GROUPS])
