"""An autoscaler cannot scale, or not as far as it wants."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.autoscalers import explained, fault_of
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-W106",
    title="Autoscaler cannot scale",
    severity=Severity.MEDIUM,
    remedy="Give it the metrics and requests that it measures by, or raise maxReplicas.",
)
def autoscaler_stuck(cluster: Snapshot) -> Iterator[Finding]:
    """A HorizontalPodAutoscaler gets no metrics, cannot reach its target, or wants more replicas than it may have.

    Recognised by its conditions ScalingActive and AbleToScale (False) and ScalingLimited (reason TooManyReplicas),
    where they have stood for two minutes. One that is switched off by zero replicas, or rests between two steps, is
    well.
    """
    for autoscaler in cluster.horizontalpodautoscalers:
        condition = fault_of(cluster, autoscaler)
        if condition is None:
            continue
        subject = Subject("horizontalpodautoscaler", autoscaler.name)
        what, cure = explained(autoscaler, condition)
        yield Finding(
            subject=subject,
            summary=f"Autoscaler {autoscaler.name} {what}.",
            evidence=(
                cluster.evidence(
                    "horizontalpodautoscalers",
                    autoscaler,
                    f"status.conditions[{condition.type}]",
                    f"{condition.status}, {condition.reason}: {condition.message}",
                ),
            ),
            remedy=remedy(cluster, subject, cure, kubectl("describe", subject)),
            first_seen=condition.last_transition_time,
        )
