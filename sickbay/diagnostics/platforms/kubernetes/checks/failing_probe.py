"""A container runs, but its liveness, startup or readiness probe fails."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.probes import Failing, failing_probes
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-P108",
    title="Failing probe",
    severity=Severity.HIGH,
    remedy="Ask the application what the probe asks it; correct the application, or the probe's port, path or timing.",
    explains=("K8S-P101", "K8S-P112", "K8S-W101", "K8S-W103", "K8S-W104", "K8S-S101"),
)
def failing_probe(cluster: Snapshot) -> Iterator[Finding]:
    """A probe of a container that runs fails: by readiness it gets no traffic, by liveness or startup it is restarted.

    Recognised by the kubelet's events Unhealthy, and by what follows: a container that is still not ready when its
    probe had time to succeed, or one that ended as the kubelet ends it (SIGTERM, SIGKILL, or by itself) after as many
    failures as the threshold allows. A container that crashes by itself fails its probes too: that is K8S-P101. A
    timeoutSeconds of 1, the default, is short for an application that is busy.
    """
    faults = ((pod, failing.status.name, failing) for pod, failing in failing_probes(cluster))
    for group in by_workload(cluster, faults):
        pod, failing = group.first
        why, cure = failing.explained
        restarts = failing.status.restart_count
        effect = "it gets no traffic" if failing.kind == "readiness" else f"the kubelet restarts it ({restarts} times)"
        yield Finding(
            subject=group.subject,
            summary=f"The {failing.kind} probe of container {failing.status.name} of {group.share} fails: {why}; "
            f"{effect}.{group.also}{difference(cluster, group)}",
            evidence=(*_evidence(cluster, group), *cluster.log_evidence(pod, failing.status.name)),
            remedy=remedy(cluster, group.subject, cure, kubectl("describe", Subject("pod", pod.name))),
            first_seen=min(event.first_seen for event in failing.events),
            last_seen=failing.events[-1].last_seen if failing.status.ready else cluster.now,
            count=len(group.members),
        )


def _evidence(cluster: Snapshot, group: Group[str, Failing]) -> Iterator[Evidence]:
    for _, failing in group.shown:
        yield cluster.event_evidence(failing.events[-1])
    pod, failing = group.first
    yield cluster.evidence("pods", pod, f"spec.containers[{failing.status.name}].{failing.kind}Probe", failing.asks)
