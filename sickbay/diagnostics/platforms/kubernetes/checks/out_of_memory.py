"""A container was killed because memory ran out."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload, container_evidence
from sickbay.diagnostics.platforms.kubernetes.memory import limit_of, oom_kills
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Terminated

_LIMITED = "Raise its memory limit above its peak, or find what grows."
_UNLIMITED = "Give it a memory request and limit, so that it cannot take the node down with it."


@check(
    "K8S-P102",
    title="Out of memory",
    severity=Severity.CRITICAL,
    remedy="Raise the memory limit to what the container needs at its peak, or find the leak.",
    explains=("K8S-P101", "K8S-P108", "K8S-P112", "K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def out_of_memory(cluster: Snapshot) -> Iterator[Finding]:
    """The kernel killed a container's process because its memory limit, or the node's memory, was used up.

    Recognised by the kubelet's own word alone: reason OOMKilled of an end within the window; a SystemOOM event of its
    node is told with it. Exit code 137 without that only says SIGKILL.
    """
    for group in by_workload(cluster, oom_kills(cluster)):
        pod, end = group.first
        limit = limit_of(pod, group.key)
        bound = f"its limit of {limit}" if limit else "the node's memory, since it has no limit"
        command = f"kubectl top pod {pod.metadata.name} -n {pod.metadata.namespace} --containers"
        yield Finding(
            subject=group.subject,
            summary=f"Container {group.key} of {group.share} was killed for using up {bound}."
            f"{group.also}{difference(cluster, group)}",
            evidence=tuple(_evidence(cluster, group)),
            remedy=remedy(cluster, group.subject, _LIMITED if limit else _UNLIMITED, command),
            first_seen=end.started_at,
            last_seen=end.finished_at,
            count=len(group.members),
        )


def _evidence(cluster: Snapshot, group: Group[str, Terminated]) -> Iterator[Evidence]:
    for pod, end in group.shown:
        when = f" at {end.finished_at:%H:%M:%S} UTC" if end.finished_at else ""
        restarts = sum(one.restart_count for one in cluster.container_statuses(pod) if one.name == group.key)
        told = f"OOMKilled{when}, limit {limit_of(pod, group.key) or 'none'}, {restarts} restarts"
        yield container_evidence(cluster, pod, group.key, "lastState", told)
    for event in cluster.events_of("Node", group.first[0].spec.node_name, "SystemOOM")[-1:]:
        yield cluster.event_evidence(event)
