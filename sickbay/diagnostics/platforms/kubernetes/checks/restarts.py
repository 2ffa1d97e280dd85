"""A container is ready now, but restarts again and again."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.exit_codes import meaning
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.grouping import by_workload, container_evidence, containers
from sickbay.diagnostics.platforms.kubernetes.looping import is_looping, restarts_often
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since


@check(
    "K8S-P112",
    title="Restarts while ready",
    severity=Severity.MEDIUM,
    remedy="Read the log of the run that ended; where a probe ended it, see K8S-P108.",
)
def restarts(cluster: Snapshot) -> Iterator[Finding]:
    """A container is ready now, but restarts three times an hour or more.

    The API tells the number of all restarts and the times of the last two starts: a container with three restarts or
    more, of which the last two lie within forty minutes, is taken to restart three times an hour, unless this run lasts
    for twice as long as the one before. It looks healthy most of the time, and loses what it is doing each time. Ends
    by a failing probe are K8S-P108, OOM kills K8S-P102, shorter runs K8S-P101.
    """
    faults = (
        (pod, status.name, status)
        for pod, status in containers(cluster)
        if status.ready and restarts_often(cluster, status) and not is_looping(cluster, status)
    )
    for group in by_workload(cluster, faults):
        pod, status = group.first
        end = status.last_state.terminated
        minutes = max(1, round(since(end.started_at, cluster.now) / 60)) if end else 0
        why = f"exit code {end.exit_code}, {meaning(end.exit_code)}" if end else "how it ended is not known"
        command = f"kubectl logs {pod.metadata.name} -n {pod.metadata.namespace} -c {status.name} --previous"
        yield Finding(
            subject=group.subject,
            summary=f"Container {status.name} of {group.share} is ready, but restarted twice within {minutes} minutes "
            f"({status.restart_count} times in all): {why}.{group.also}{difference(cluster, group)}",
            evidence=(
                *(
                    container_evidence(cluster, pod, item.name, "restartCount", item.restart_count)
                    for pod, item in group.shown
                ),
                *cluster.log_evidence(pod, status.name),
            ),
            confidence=Confidence.INFERRED,
            remedy=remedy(cluster, group.subject, restarts.remedy, command),
            last_seen=end.finished_at if end else None,
            count=len(group.members),
        )
