"""A container cannot start because its image cannot be had."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload, container_evidence
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.pulls import CURES, Pull, failed_pulls
from sickbay.diagnostics.platforms.kubernetes.registries import outages
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-P103",
    title="Image cannot be pulled",
    severity=Severity.HIGH,
    remedy="Correct the image's name or tag, or give the pod credentials for its registry.",
    explains=("K8S-P103", "K8S-P109", "K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def image_pull(cluster: Snapshot) -> Iterator[Finding]:
    """The kubelet could not get a container's image: name, tag, credentials, the registry or the way to it is at fault.

    Recognised by the waiting reasons ErrImagePull, ImagePullBackOff, InvalidImageName and ErrImageNeverPull; the class
    of fault is read from the last attempt's message, which an event keeps while the status only says 'back-off'. A
    registry that fails as such for two workloads or more is a finding of its own, which explains the others.
    """
    groups = list(by_workload(cluster, ((pod, pull.container, pull) for pod, pull in failed_pulls(cluster))))
    for outage in outages(groups):
        yield Finding(
            subject=Subject("registry", outage.registry),
            summary=f"Images of registry {outage.registry} cannot be pulled, {outage.fault}: {outage.pods} pods of "
            f"{len(outage.groups)} workloads wait for them.",
            evidence=tuple(item for group in outage.groups[:3] for item in _evidence(cluster, group)[-1:]),
            remedy=Remedy(text=CURES[outage.fault]),
            first_seen=min((group.begun for group in outage.groups if group.begun), default=None),
            last_seen=cluster.now,
            count=outage.pods,
        )
    for group in groups:
        pod, pull = group.first
        why, cure = pull.explained
        yield Finding(
            subject=group.subject,
            summary=f"Image {pull.image} of {group.share} (container {pull.container}) cannot be pulled: "
            f"{why}.{group.also}{difference(cluster, group)}",
            evidence=_evidence(cluster, group),
            remedy=remedy(cluster, group.subject, cure, kubectl("describe", Subject("pod", pod.name))),
            first_seen=group.begun,
            last_seen=cluster.now,
            count=len(group.members),
        )


def _evidence(cluster: Snapshot, group: Group[str, Pull]) -> tuple[Evidence, ...]:
    told = tuple(
        container_evidence(cluster, pod, pull.container, "state.waiting", f"{pull.reason}: {pull.message}")
        for pod, pull in group.shown
    )
    event = group.first[1].event
    return (*told, cluster.event_evidence(event)) if event else told
