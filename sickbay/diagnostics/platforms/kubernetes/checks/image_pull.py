"""A container cannot start because its image cannot be had."""

from collections.abc import Iterator, Sequence

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.dependencies import registry_of
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.pulls import Pull, failed_pulls
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.pulls import PullFault

_CURES = {
    PullFault.RATE_LIMIT: "Give the pods credentials for it (imagePullSecrets), use a mirror, or wait.",
    PullFault.PLATFORM: "Build and push the image for the node's architecture too, or select nodes that it was built for.",
    PullFault.NO_TAG: "Correct the tag, or push the image under it.",
    PullFault.DENIED: "Give the pod credentials (imagePullSecrets) that may read it; a wrong name looks the same.",
    PullFault.TLS: "Give the nodes the registry's CA, or correct the registry's certificate.",
    PullFault.UNREACHED: "Check DNS, proxy and firewall between the nodes and the registry.",
    PullFault.NOT_LOCAL: "Load the image onto the node, or let the kubelet pull it (imagePullPolicy).",
}  # fmt: skip
_OF_REASON = {
    "InvalidImageName": ("its name is none", "Correct the image's name: lower case, one tag or digest."),
    "ErrImageNeverPull": ("it is not on the node and may not be pulled", _CURES[PullFault.NOT_LOCAL]),
}


@check(
    "K8S-P103",
    title="Image cannot be pulled",
    severity=Severity.HIGH,
    remedy="Correct the image's name or tag, or give the pod credentials for its registry.",
    explains=("K8S-P103", "K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def image_pull(cluster: Snapshot) -> Iterator[Finding]:
    """The kubelet could not get a container's image: name, tag, credentials, the registry or the way to it is at fault.

    Recognised by the waiting reasons ErrImagePull, ImagePullBackOff, InvalidImageName and ErrImageNeverPull; the class
    of fault is read from the message of the last attempt, which an event keeps while the status only says 'back-off'.
    Where a registry fails as such (not reached, TLS, its limit), that is a finding of its own that explains the others.
    """
    pulls = [(pod, pull.container, pull) for pod, pull in failed_pulls(cluster)]
    groups = list(by_workload(cluster, pulls))
    yield from _registries(cluster, groups)
    for group in groups:
        pod, pull = group.first
        why, cure = _explained(pull)
        yield Finding(
            subject=group.subject,
            summary=f"Image {pull.image} of {group.share} (container {pull.container}) cannot be pulled: "
            f"{why}.{difference(cluster, group)}",
            evidence=_evidence(cluster, group),
            remedy=remedy(
                cluster, group.subject, cure, f"kubectl describe pod {pod.metadata.name} -n {pod.metadata.namespace}"
            ),
            first_seen=pod.status.start_time,
            last_seen=pull.event.last_seen if pull.event else None,
            count=len(group.members),
        )


def _registries(cluster: Snapshot, groups: Sequence[Group[str, Pull]]) -> Iterator[Finding]:
    """Yield a finding for each registry that fails as such for more than one workload."""
    by_registry: dict[tuple[str, PullFault], list[Group[str, Pull]]] = {}
    for group in groups:
        pull = group.first[1]
        if pull.fault and pull.fault.of_registry:
            by_registry.setdefault((registry_of(pull.image), pull.fault), []).append(group)
    for (registry, fault), members in by_registry.items():
        if len(members) > 1:
            pods = sum(len(group.members) for group in members)
            yield Finding(
                subject=Subject("registry", registry),
                summary=f"No image of registry {registry} can be pulled, {fault}: {pods} pods of {len(members)} "
                "workloads wait for it.",
                evidence=tuple(item for group in members[:3] for item in _evidence(cluster, group)[:1]),
                remedy=remedy(cluster, Subject("registry", registry), _CURES[fault]),
                count=pods,
            )


def _explained(pull: Pull) -> tuple[str, str]:
    if pull.reason in _OF_REASON:
        return _OF_REASON[pull.reason]
    if pull.fault:
        return str(pull.fault), _CURES[pull.fault]
    return "for the reason in the evidence", "Read what the registry answered, and correct the name or the access."


def _evidence(cluster: Snapshot, group: Group[str, Pull]) -> tuple[Evidence, ...]:
    found = []
    for pod, pull in group.shown:
        field = f"status.containerStatuses[{pull.container}].state.waiting"
        found.append(cluster.evidence("pods", pod, field, f"{pull.reason}: {pull.message}"))
    event = group.first[1].event
    return (*found, cluster.event_evidence(event)) if event else tuple(found)
