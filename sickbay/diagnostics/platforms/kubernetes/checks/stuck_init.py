"""An init container does not come to its end, so the pod's containers do not start."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload, container_evidence
from sickbay.diagnostics.platforms.kubernetes.initializing import Stuck, stuck_inits
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since

_QUOTED = 120


@check(
    "K8S-P109",
    title="Init container stuck",
    severity=Severity.MEDIUM,
    remedy="Read its log for what it waits for, and mend that; if it only takes long, give it time.",
    explains=("K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def stuck_init(cluster: Snapshot) -> Iterator[Finding]:
    """An init container has run, or waited to run, for more than five minutes, and the pod's containers wait for it.

    Recognised by the first init container that has not ended well. Most wait for a dependency: a database, a service, a
    migration's lock. One that crashes is K8S-P101, one without its image K8S-P103, one that cannot start K8S-P105; a
    sidecar (restartPolicy Always) may run for ever.
    """
    for group in by_workload(cluster, stuck_inits(cluster)):
        pod, stuck = group.first
        last = cluster.last_line(pod, stuck.container)
        said = f'; its last line is "{last[:_QUOTED]}"' if last else ""
        does = "has run" if stuck.running else "has waited"
        minutes = int(since(stuck.begun, cluster.now) // 60)
        command = f"kubectl logs {pod.metadata.name} -n {pod.metadata.namespace} -c {stuck.container}"
        yield Finding(
            subject=group.subject,
            summary=f"Init container {stuck.container} of {group.share} {does} for {minutes} minutes, and nothing "
            f"after it starts{said}.{group.also}{difference(cluster, group)}",
            evidence=(*_evidence(cluster, group), *cluster.log_evidence(pod, stuck.container)),
            remedy=remedy(cluster, group.subject, stuck_init.remedy, command),
            first_seen=stuck.begun,
            last_seen=cluster.now,
            count=len(group.members),
        )


def _evidence(cluster: Snapshot, group: Group[str, Stuck]) -> Iterator[Evidence]:
    for pod, stuck in group.shown:
        told = f"{'running' if stuck.running else 'waiting'} since {stuck.begun:%H:%M:%S} UTC"
        yield container_evidence(cluster, pod, stuck.container, "state", told)
