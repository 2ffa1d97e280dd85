"""A service of type LoadBalancer gets no address."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.load_balancers import reason
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since

#: Seconds that clouds take to make a load balancer.
_PATIENCE = 300.0
_QUOTED = 160
_REASONS = ("SyncLoadBalancerFailed", "FailedBuildModel", "FailedDeployModel")


@check(
    "K8S-S105",
    title="Load balancer pending",
    severity=Severity.MEDIUM,
    remedy="Read what the cloud controller answers: quota, permission or subnet.",
)
def load_balancer(cluster: Snapshot) -> Iterator[Finding]:
    """A service of type LoadBalancer has no address from outside: the cloud refused, or no controller makes any.

    Recognised by SyncLoadBalancerFailed, whose message tells quota, permission and subnet apart, or by five minutes
    without an address and without any event, which is what a cluster without such a controller looks like.
    """
    for service in cluster.services:
        if service.spec.type != "LoadBalancer" or service.metadata.deletion_timestamp:
            continue
        events = cluster.events_of("Service", service.name, *_REASONS)
        addressed = bool(service.status.load_balancer.ingress)
        age = since(service.metadata.creation_timestamp, cluster.now)
        if addressed or (not events and age < _PATIENCE):
            continue
        subject = Subject("service", service.name)
        event = events[-1] if events else None
        why, cure = reason(event)
        said = f': "{event.message[:_QUOTED]}"' if event else ""
        field = cluster.evidence("services", service, "status.loadBalancer.ingress", "none")
        yield Finding(
            subject=subject,
            summary=f"Service {service.name} waits {age / 60:.0f} min for its load balancer: {why}{said}.",
            evidence=(field, cluster.event_evidence(event)) if event else (field,),
            confidence=Confidence.OBSERVED if event else Confidence.INFERRED,
            remedy=remedy(cluster, subject, cure, kubectl("describe", subject)),
            first_seen=service.metadata.creation_timestamp,
            last_seen=event.last_seen if event else cluster.now,
        )
