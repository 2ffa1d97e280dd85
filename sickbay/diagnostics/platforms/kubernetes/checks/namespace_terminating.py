"""A namespace cannot be deleted."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import GRACE
from sickbay.diagnostics.platforms.kubernetes.namespaces import CURES, holds
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since


@check(
    "K8S-X108",
    title="Namespace stuck terminating",
    severity=Severity.MEDIUM,
    remedy="Remove what the namespace's conditions name; never the namespace's own finalizer first.",
    explains=("K8S-W102",),
)
def namespace_terminating(cluster: Snapshot) -> Iterator[Finding]:
    """A namespace was deleted and does not go: something in it cannot be found or deleted, or has a finalizer.

    Its conditions tell which; an unavailable part of the API (K8S-X103) holds up the deletion of every namespace.
    """
    for item in cluster.namespaces:
        age = since(item.metadata.deletion_timestamp, cluster.now)
        if item.status.phase != "Terminating" or age < GRACE:
            continue
        subject, found = Subject("namespace", item.name), holds(item)
        why = "; ".join(message for _, message in found[:2]).rstrip(".") or "its conditions do not say why"
        yield Finding(
            subject=subject,
            summary=f"Namespace {item.name} is being deleted for {age / 60:.0f} min and does not go: {why}.",
            evidence=tuple(
                cluster.evidence("namespaces", item, f"status.conditions[{kind}]", message) for kind, message in found
            )
            or (cluster.evidence("namespaces", item, "status.phase", "Terminating"),),
            remedy=remedy(
                cluster,
                subject,
                CURES[found[0][0]] if found else "Look for objects in it that are left.",
                f"kubectl get namespace {item.name} -o yaml",
            ),
            first_seen=item.metadata.deletion_timestamp,
            last_seen=cluster.now,
        )
