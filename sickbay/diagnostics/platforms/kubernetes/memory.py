"""Containers that were killed because memory ran out, by the kubelet's own word, and their limits."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod, Terminated


def oom_kills(cluster: Snapshot) -> Iterator[tuple[Pod, str, Terminated]]:
    """Yield the containers that were OOM-killed within the window, and how they ended. Pods that have ended count."""
    for pod in cluster.unsteady:
        for status in cluster.container_statuses(pod):
            ends = (state.terminated for state in (status.state, status.last_state))
            killed = (end for end in ends if end and end.reason == "OOMKilled")
            lately = (end for end in killed if end.finished_at is None or end.finished_at >= cluster.window_start)
            if end := next(lately, None):
                yield pod, status.name, end


def limit_of(pod: Pod, container: str) -> str:
    """Give the container's memory limit as it is written, or nothing."""
    for item in (*pod.spec.containers, *pod.spec.init_containers):
        if item.name == container:
            return str(item.resources.limits.get("memory", ""))
    return ""
