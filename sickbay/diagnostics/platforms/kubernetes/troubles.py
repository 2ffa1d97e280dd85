"""Why a pod is not ready, in few words, for the findings of what waits for it."""

from collections.abc import Iterable

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: Seconds that a pod may take to get ready, and those after which a reason that it gives is taken for real.
START, SETTLED = 300.0, 30.0
#: Waiting reasons of a start that goes as it should.
_STARTING = frozenset({"", "PodInitializing", "ContainerCreating"})


def trouble(pod: Pod) -> str:
    """Give the scheduler's or the kubelet's own reason, or nothing where they give none."""
    scheduled = pod.condition("PodScheduled")
    if scheduled and scheduled.status == "False":
        return scheduled.reason
    for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
        waiting, end = status.state.waiting, status.state.terminated
        if waiting and waiting.reason not in _STARTING:
            return waiting.reason
        if end and end.exit_code:
            return f"exit code {end.exit_code}"
    return pod.status.reason


def stalled(cluster: Snapshot, pod: Pod) -> bool:
    """Say whether a pod is not ready for a reason that it gives, or for longer than a start takes."""
    if pod.ready or pod.finished or pod.metadata.deletion_timestamp:
        return False
    ready = pod.condition("Ready")
    unready_for = since(ready.last_transition_time if ready else None, cluster.now)
    age = since(pod.metadata.created_at, cluster.now)
    return age > SETTLED if trouble(pod) else (unready_for or age) > START


def described(pods: Iterable[Pod], most: int = 3) -> str:
    """Give `web-0 (CrashLoopBackOff), web-1 (not ready) and 4 more`."""
    told = [f"{pod.metadata.name} ({trouble(pod) or 'not ready'})" for pod in pods]
    more = f" and {len(told) - most} more" if len(told) > most else ""
    return ", ".join(told[:most]) + more
