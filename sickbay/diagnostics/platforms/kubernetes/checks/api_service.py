"""A part of the API that a service answers for is not available."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import GRACE
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.services import called
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since


@check(
    "K8S-X103",
    title="API service unavailable",
    severity=Severity.HIGH,
    remedy="Bring back the service that answers for that part of the API, or delete the APIService if nobody needs it.",
    explains=("K8S-W106", "K8S-X108"),
)
def api_service(cluster: Snapshot) -> Iterator[Finding]:
    """An aggregated part of the API does not answer: who reads it fails, and namespaces cannot be deleted meanwhile.

    Recognised by the condition Available=False of an APIService, with its reason; the service behind it is named.
    Without metrics.k8s.io autoscalers have no figures, and every discovery of the API is slow or partial.
    """
    for item in cluster.apiservices:
        condition = next((one for one in item.status.conditions if one.type == "Available"), None)
        if condition is None or condition.status != "False":
            continue
        if condition.last_transition_time and since(condition.last_transition_time, cluster.now) < GRACE:
            continue
        subject, reference = Subject("apiservice", item.name), item.spec.service
        behind = f"{reference.namespace}/{reference.name}" if reference else "the API server itself"
        said = f"{condition.reason}: {condition.message}"
        why = called(cluster, reference) or said[:200].rstrip(".")
        yield Finding(
            subject=subject,
            summary=f"The API {item.spec.group} {item.spec.version} is unavailable, since {why}.",
            evidence=(
                cluster.evidence("apiservices", item, "status.conditions[Available]", said),
                cluster.evidence("apiservices", item, "spec.service", behind),
            ),
            remedy=remedy(
                cluster,
                subject,
                f"Bring back {behind}, which answers for it, or delete the APIService if nobody needs it any more.",
                kubectl("describe", subject),
            ),
            first_seen=condition.last_transition_time,
            last_seen=cluster.now,
        )
