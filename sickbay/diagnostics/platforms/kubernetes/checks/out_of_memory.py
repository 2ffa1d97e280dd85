"""A container was killed because memory ran out."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload, container_evidence
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod, Terminated


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
    killed = (
        (pod, status.name, status)
        for pod in cluster.pods
        for status in cluster.container_statuses(pod)
        if _kill(cluster, status)
    )
    for group in by_workload(cluster, killed):
        pod, status = group.first
        end = _kill(cluster, status)
        limit = _limit(pod, status.name)
        bound = f"its limit of {limit}" if limit else "the node's memory, since it has no limit"
        yield Finding(
            subject=group.subject,
            summary=f"Container {status.name} of {group.share} was killed for using up {bound}."
            f"{group.also}{difference(cluster, group)}",
            evidence=(*_evidence(cluster, group), *_system_oom(cluster, pod)),
            remedy=remedy(
                cluster,
                group.subject,
                "Raise its memory limit above its peak, or find what grows."
                if limit
                else "Give it a memory request and limit, so that it cannot take the node down with it.",
                f"kubectl top pod {pod.metadata.name} -n {pod.metadata.namespace} --containers",
            ),
            first_seen=end.started_at if end else None,
            last_seen=end.finished_at if end else None,
            count=len(group.members),
        )


def _kill(cluster: Snapshot, status: ContainerStatus) -> Terminated | None:
    for state in (status.state, status.last_state):
        end = state.terminated
        if end and end.reason == "OOMKilled" and (end.finished_at is None or end.finished_at >= cluster.window_start):
            return end
    return None


def _limit(pod: Pod, container: str) -> str:
    for item in (*pod.spec.containers, *pod.spec.init_containers):
        if item.name == container:
            return str(item.resources.limits.get("memory", ""))
    return ""


def _evidence(cluster: Snapshot, group: Group[str, ContainerStatus]) -> Iterator[Evidence]:
    for pod, status in group.shown:
        end = _kill(cluster, status)
        when = f" at {end.finished_at:%H:%M:%S} UTC" if end and end.finished_at else ""
        told = f"OOMKilled{when}, limit {_limit(pod, status.name) or 'none'}, {status.restart_count} restarts"
        yield container_evidence(cluster, pod, status.name, "lastState", told)


def _system_oom(cluster: Snapshot, pod: Pod) -> Iterator[Evidence]:
    for event in cluster.events_of("Node", pod.spec.node_name, "SystemOOM")[-1:]:
        yield cluster.event_evidence(event)
