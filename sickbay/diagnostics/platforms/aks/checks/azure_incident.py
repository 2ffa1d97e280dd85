"""Azure itself says that the cluster is not well."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.aks.insights import told
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

_ILL = frozenset({"Unavailable", "Degraded"})
#: Somebody of one's own did it: a stopped cluster is AKS-102.
_OWN_DOING = ("customer", "user")


@check(
    "AKS-113",
    title="Azure reports a fault",
    severity=Severity.HIGH,
    remedy="Look at Azure Service Health, and at 'Diagnose and solve problems' of the cluster in the portal.",
    explains=("K8S-X101", "K8S-N101", "AKS-101", "AKS-103"),
)
def azure_incident(aks: Snapshot) -> Iterator[Finding]:
    """Resource Health calls the cluster Unavailable or Degraded, or a detector of AKS says so of the control plane.

    These come from the platform's own telemetry, which nothing else tells of: incidents of a region, an etcd that is
    full, an API server that throttles its clients. What a customer initiated does not count. What detectors say of the
    rest of the cluster is AKS-117.
    """
    health = aks.health.properties if aks.health else None
    if health and health.availability_state in _ILL and not health.reason_type.lower().startswith(_OWN_DOING):
        yield Finding(
            subject=aks.subject,
            summary=f"Azure calls AKS cluster {aks.name} {health.availability_state.lower()}: "
            f"{health.summary or health.title or 'it gives no reason'}",
            evidence=(
                aks.evidence(
                    "/providers/Microsoft.ResourceHealth/availabilityStatuses/current",
                    "properties.availabilityState",
                    f"{health.availability_state} ({health.reason_type or 'no reason given'})",
                ),
            ),
            remedy=aks.remedy("Follow it in Azure Service Health, and hold changes back until it is over."),
            first_seen=health.occurred_time or health.occured_time,
            last_seen=aks.taken_at,
        )
    yield from told(aks, (item for item in aks.insights if item.critical and item.of_azure))
