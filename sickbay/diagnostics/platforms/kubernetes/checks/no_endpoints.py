"""Nobody answers for a service."""

from collections.abc import Iterator
from datetime import datetime

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.services import endpoints_evidence, selector_of
from sickbay.diagnostics.platforms.kubernetes.silences import Silence, silences
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_SHOWN = 3


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
    where those pods' own fault explains it, or its workload was scaled to 0 by hand within the last hour. Left alone:
    services without a selector, of type ExternalName, with publishNotReadyAddresses, those whose workloads are scaled
    to 0 for longer or by an autoscaler, and pods that have just started.
    """
    for silence in silences(cluster):
        service = silence.service
        subject = Subject("service", service.name)
        command = kubectl("get endpoints", subject).replace("service/", "")
        yield Finding(
            subject=subject,
            summary=f"Service {service.name} has no ready endpoint: {silence.why}.",
            evidence=tuple(_evidence(cluster, silence)),
            remedy=remedy(cluster, subject, silence.cure, command),
            first_seen=_since(silence),
            last_seen=cluster.now,
        )


def _since(silence: Silence) -> datetime | None:
    """Give since when none of its pods is ready, where there are pods and all of them tell, or none is wanted."""
    if silence.scaling:
        return silence.scaling.at
    found = [condition for pod in silence.pods if (condition := pod.condition("Ready"))]
    moments = [item.last_transition_time for item in found if item.status != "True" and item.last_transition_time]
    return max(moments) if moments and len(moments) == len(silence.pods) else None


def _evidence(cluster: Snapshot, silence: Silence) -> Iterator[Evidence]:
    service = silence.service
    yield cluster.evidence("services", service, "spec.selector", selector_of(service))
    yield endpoints_evidence(cluster, service, f"0 of {len(silence.endpoints)} addresses ready")
    if scaling := silence.scaling:
        value = f"{scaling.field}: {scaling.before} → {scaling.after}"
        yield Evidence(source=scaling.source, value=value, at=scaling.at)
    for pod in silence.pods[:_SHOWN]:
        condition = pod.condition("Ready")
        why = f"{condition.status}, {condition.reason}: {condition.message}" if condition else "-"
        yield cluster.evidence("pods", pod, "status.conditions[Ready]", why)
