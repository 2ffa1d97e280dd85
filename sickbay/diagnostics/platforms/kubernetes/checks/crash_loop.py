"""A container starts, dies, and is restarted with growing back-off."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.exit_codes import meaning
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload, container_evidence, containers
from sickbay.diagnostics.platforms.kubernetes.looping import cure_of, is_looping, last_end
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod

_QUOTED = 120
#: What the kubelet says of a container, not of an image, that it holds back.
_HELD = "restarting"
#: Held back so soon after its start, a pod has crashed from the start: the kubelet waits from the second end on.
_AT_ONCE = timedelta(minutes=5)


@check(
    "K8S-P101",
    title="Crash loop",
    severity=Severity.CRITICAL,
    remedy="Read the log of the run that ended; it holds the reason of the exit.",
    explains=("K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def crash_loop(cluster: Snapshot) -> Iterator[Finding]:
    """A container ends again and again, and the kubelet waits longer each time before it starts it anew.

    Recognised by the waiting reason CrashLoopBackOff, or by the third end or later within ten minutes, after a run that
    was no longer, of one that runs just now: a crash loop looks healthy between two ends, and even ready until it
    outlives its last run. The exit code tells who failed, the log of the run before says why; OOM kills are K8S-P102,
    ends by a failing probe K8S-P108. What never started is K8S-P105.
    """
    looping = ((pod, status.name, status) for pod, status in containers(cluster) if is_looping(cluster, status))
    for group in by_workload(cluster, looping):
        pod, status = group.first
        end = last_end(status)
        last = cluster.last_line(pod, status.name)
        said = f'; its last line was "{last[:_QUOTED]}"' if last else ""
        why = f"exit code {end.exit_code}: {meaning(end.exit_code)}" if end else "how it ended is not known"
        command = f"kubectl logs {pod.metadata.name} -n {pod.metadata.namespace} -c {status.name} --previous"
        yield Finding(
            subject=group.subject,
            summary=f"Container {status.name} of {group.share} keeps crashing: {why}{said}."
            f"{group.also}{difference(cluster, group)}",
            evidence=(*_evidence(cluster, group), *cluster.log_evidence(pod, status.name)),
            remedy=remedy(cluster, group.subject, cure_of(end), command),
            first_seen=min((at for pod in group.pods if (at := _began(cluster, pod))), default=None),
            last_seen=end.finished_at if end else None,
            count=len(group.members),
        )


def _began(cluster: Snapshot, pod: Pod) -> datetime | None:
    """Give when a pod began to crash: when it started, unless the kubelet first held it back long after that."""
    started = pod.status.start_time
    held = [event.first_seen for event in cluster.events_of("Pod", pod.name, "BackOff") if _HELD in event.message]
    if held and (started is None or min(held) - started > _AT_ONCE):
        return min(held)
    return started


def _evidence(cluster: Snapshot, group: Group[str, ContainerStatus]) -> Iterator[Evidence]:
    for pod, status in group.shown:
        end = last_end(status)
        told = f"exit code {end.exit_code} ({end.reason})" if end else "-"
        yield container_evidence(cluster, pod, status.name, "lastState", f"{told}, {status.restart_count} restarts")
