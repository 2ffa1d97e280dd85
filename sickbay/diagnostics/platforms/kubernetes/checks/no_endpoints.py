"""Nobody answers for a service."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import GRACE
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.services import Templates, alive, endpoints, ready, sees
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.network import Endpoint, Service
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: Seconds in which new pods become ready while nobody calls it a fault.
_START = 180.0
_SHOWN = 3
_UNREADY = "Find out why its pods are not ready; the service sends to them again as soon as they are."


@check(
    "K8S-S101",
    title="Service without endpoints",
    severity=Severity.HIGH,
    remedy="Correct the service's selector, or make the pods behind it ready.",
    explains=("K8S-S103", "K8S-S106", "K8S-X102", "K8S-X103"),
)
def no_endpoints(cluster: Snapshot) -> Iterator[Finding]:
    """No endpoint of a service is ready, so every connection to it is refused or times out.

    Either its selector picks no pod, where the nearest labels are named, or the pods that it picks are not ready,
    where those pods' own fault explains it. Left alone: services without a selector, of type ExternalName, with
    publishNotReadyAddresses, those whose workloads are all scaled to 0, and pods that have just started.
    """
    templates: Templates | None = None
    for service in cluster.services:
        found = endpoints(cluster, service) if _sends(service) else None
        if found is None or ready(found):
            continue
        templates = templates or Templates(cluster)
        pods = alive(cluster.selected(service.metadata.namespace, service.spec.selector))
        told = _unready(cluster, pods, found) if pods or found else _unpicked(cluster, service, templates)
        if told:
            subject = Subject("service", service.name)
            what, cure = told
            yield Finding(
                subject=subject,
                summary=f"Service {service.name} has no ready endpoint: {what}.",
                evidence=(*_evidence(cluster, service, found), *_of_pods(cluster, pods)),
                remedy=remedy(cluster, subject, cure, kubectl("get endpoints", subject).replace("service/", "")),
                last_seen=cluster.now,
            )


def _sends(service: Service) -> bool:
    spec = service.spec
    return bool(spec.selector) and spec.type != "ExternalName" and not spec.publish_not_ready_addresses


def _unready(cluster: Snapshot, pods: tuple[Pod, ...], found: tuple[Endpoint, ...]) -> tuple[str, str] | None:
    if not pods:
        return f"none of its {len(found)} addresses is ready", _UNREADY
    if any(_is_starting(cluster, pod) for pod in pods):
        return None
    well = sum(pod.ready and pod.metadata.deletion_timestamp is None for pod in pods)
    if well:
        cure = (
            "Look at kube-controller-manager, which makes endpoints of ready pods, and at named ports of the service."
        )
        return f"{well} of its pods are ready, and no endpoint was made of them", cure
    if all(pod.metadata.deletion_timestamp for pod in pods):
        return "all its pods are being deleted", "Find out why no new pods take the place of those that go."
    many = "its only pod is not ready" if len(pods) == 1 else f"none of its {len(pods)} pods is ready"
    return many, _UNREADY


def _is_starting(cluster: Snapshot, pod: Pod) -> bool:
    """Say whether a pod may still get ready by itself: it is new, and none of its containers has ended."""
    ended = any(status.restart_count for status in cluster.container_statuses(pod))
    return not ended and since(pod.metadata.creation_timestamp, cluster.now) < _START


def _unpicked(cluster: Snapshot, service: Service, templates: Templates) -> tuple[str, str] | None:
    """Say why there are no pods at all; nothing where none are wanted, or where it cannot be known."""
    young = since(service.metadata.creation_timestamp, cluster.now) < GRACE
    selected = cluster.selected(service.metadata.namespace, service.spec.selector)
    makers = templates.selected(service)
    wanting = [one for one in makers if one.wanted > 0]
    if young or selected or (makers and not wanting):
        return None
    if wanting:
        return f"{wanting[0].subject.kind} {wanting[0].subject.name} has no pods", "Find out why its pods are not made."
    selector = ",".join(f"{key}={value}" for key, value in service.spec.selector.items())
    near = templates.nearest(service)
    if near is None:
        pod = "pod" if sees(cluster, service.metadata.namespace, "pods") else "running pod"
        return f"no {pod} carries the labels that it selects ({selector})", "Correct the selector, or deploy the pods."
    template, carried, asked = near
    cure = f"Correct the service's selector to {carried}, or the pods' label to {asked}."
    return (
        f"its selector asks for {asked}, the pods of {template.subject.kind} {template.subject.name} carry {carried}",
        cure,
    )


def _evidence(cluster: Snapshot, service: Service, found: tuple[Endpoint, ...]) -> Iterator[Evidence]:
    selector = ",".join(f"{key}={value}" for key, value in service.spec.selector.items())
    yield cluster.evidence("services", service, "spec.selector", selector)
    source = f"GET /apis/discovery.k8s.io/v1/namespaces/{service.metadata.namespace}/endpointslices of {service.name}"
    yield Evidence(source=source, value=f"0 of {len(found)} addresses ready", at=cluster.taken_at)


def _of_pods(cluster: Snapshot, pods: tuple[Pod, ...]) -> Iterator[Evidence]:
    for pod in pods[:_SHOWN]:
        condition = pod.condition("Ready")
        why = f"{condition.status}, {condition.reason}: {condition.message}" if condition else "-"
        yield cluster.evidence("pods", pod, "status.conditions[Ready]", why)
