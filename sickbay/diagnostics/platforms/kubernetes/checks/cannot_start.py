"""A container cannot be made or started as its pod is written."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import by_workload, container_evidence
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.starting import refused_starts


@check(
    "K8S-P105",
    title="Container cannot start",
    severity=Severity.HIGH,
    remedy="Correct what the message names: a secret or configmap, the command, or a mount.",
    explains=("K8S-P109", "K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def cannot_start(cluster: Snapshot) -> Iterator[Finding]:
    """The kubelet or the runtime refused to make or start a container, so nothing of the application has run.

    Recognised by the waiting reasons CreateContainerConfigError, CreateContainerError and RunContainerError, and by the
    ends ContainerCannotRun and StartError, between which the container waits in CrashLoopBackOff. The message names
    what is missing or wrong: a secret, a configmap or a key, the command, a mount, a user who may not be root.
    """
    refusals = ((pod, refusal.container, refusal) for pod, refusal in refused_starts(cluster))
    for group in by_workload(cluster, refusals):
        pod, refusal = group.first
        why, cure = refusal.explained
        yield Finding(
            subject=group.subject,
            summary=f"Container {refusal.container} of {group.share} cannot start: "
            f"{why}.{group.also}{difference(cluster, group)}",
            evidence=tuple(
                container_evidence(cluster, pod, item.container, item.field, f"{item.reason}: {item.message}")
                for pod, item in group.shown
            ),
            remedy=remedy(cluster, group.subject, cure, kubectl("describe", Subject("pod", pod.name))),
            first_seen=group.begun,
            last_seen=cluster.now,
            count=len(group.members),
        )
