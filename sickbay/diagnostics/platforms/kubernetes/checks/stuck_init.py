"""An init container does not come to its end, so the pod's containers do not start."""

from collections.abc import Iterator
from datetime import datetime

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload, container_evidence, there
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod

#: Seconds after which an init container is called stuck; longer ones are migrations, which their log shows.
_PATIENCE = 300.0
_WAITING = frozenset({"", "PodInitializing", "ContainerCreating"})
_QUOTED = 120


@check(
    "K8S-P109",
    title="Init container stuck",
    severity=Severity.MEDIUM,
    remedy="Read its log for what it waits for, and mend that.",
    explains=("K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def stuck_init(cluster: Snapshot) -> Iterator[Finding]:
    """An init container has run, or waited to run, for more than five minutes, and the pod's containers wait for it.

    Recognised by the first init container that has not ended well. Most wait for a dependency: a database, a service, a
    migration's lock. One that crashes is K8S-P101, one without its image K8S-P103, one that cannot start K8S-P105; a
    sidecar (restartPolicy Always) may run for ever.
    """
    stuck = ((pod, status.name, status) for pod in cluster.pods if there(pod) and (status := _stuck(cluster, pod)))
    for group in by_workload(cluster, stuck):
        pod, status = group.first
        last = cluster.last_line(pod, status.name)
        said = f'; its last line is "{last[:_QUOTED]}"' if last else ""
        minutes = int(since(_begun(pod, status), cluster.now) // 60)
        yield Finding(
            subject=group.subject,
            summary=f"Init container {status.name} of {group.share} {_does(status)} for {minutes} minutes, and nothing "
            f"after it starts{said}.{group.also}{difference(cluster, group)}",
            evidence=(
                *_evidence(cluster, group),
                *cluster.log_evidence(pod, status.name),
            ),
            remedy=remedy(
                cluster,
                group.subject,
                "Read its log for what it waits for, and mend that; if it only takes long, give it time.",
                f"kubectl logs {pod.metadata.name} -n {pod.metadata.namespace} -c {status.name}",
            ),
            first_seen=_begun(pod, status),
            last_seen=cluster.now,
            count=len(group.members),
        )


def _evidence(cluster: Snapshot, group: Group[str, ContainerStatus]) -> Iterator[Evidence]:
    for pod, status in group.shown:
        state = "running" if status.state.running else "waiting"
        yield container_evidence(
            cluster, pod, status.name, "state", f"{state} since {_begun(pod, status):%H:%M:%S} UTC"
        )


def _stuck(cluster: Snapshot, pod: Pod) -> ContainerStatus | None:
    sidecars = {item.name for item in pod.spec.init_containers if item.restart_policy == "Always"}
    for status in pod.status.init_container_statuses:
        state = status.state
        if (state.terminated and state.terminated.exit_code == 0) or (state.running and status.name in sidecars):
            continue
        quiet = state.running or (state.waiting and state.waiting.reason in _WAITING)
        return status if quiet and since(_begun(pod, status), cluster.now) >= _PATIENCE else None
    return None


def _begun(pod: Pod, status: ContainerStatus) -> datetime:
    begun = status.state.running.started_at if status.state.running else pod.status.start_time
    return begun or pod.metadata.created_at


def _does(status: ContainerStatus) -> str:
    return "has run" if status.state.running else "has waited"
