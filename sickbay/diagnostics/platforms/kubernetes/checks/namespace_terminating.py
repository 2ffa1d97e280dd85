"""A namespace cannot be deleted."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import GRACE
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Namespace

#: What holds it up, by the namespace's conditions, from cause to consequence, and what to do then.
_CONDITIONS = {
    "NamespaceDeletionDiscoveryFailure": "Bring back the APIService that is unavailable, or delete it.",
    "NamespaceDeletionGroupVersionParsingFailure": "Correct or delete the APIService whose version cannot be read.",
    "NamespaceDeletionContentFailure": "Do what the message asks: something in it cannot be deleted.",
    "NamespaceFinalizersRemaining": "Let the controller that owns the finalizer do its work; take the finalizer away "
    "by hand only if that controller is gone for good.",
    "NamespaceContentRemaining": "Find out what keeps the objects that are left: finalizers, or a silent node.",
}


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
        subject, found = Subject("namespace", item.name), _found(item)
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
                _CONDITIONS[found[0][0]] if found else "Look for objects in it that are left.",
                f"kubectl get namespace {item.name} -o yaml",
            ),
            first_seen=item.metadata.deletion_timestamp,
            last_seen=cluster.now,
        )


def _found(item: Namespace) -> list[tuple[str, str]]:
    true = {one.type: one.message for one in item.status.conditions if one.status == "True"}
    return [(kind, true[kind]) for kind in _CONDITIONS if kind in true]
