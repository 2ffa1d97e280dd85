"""What holds up the deletion of a namespace, by its own conditions."""

from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Namespace

#: What holds it up, by the namespace's conditions, from cause to consequence, and what to do then.
CURES = {
    "NamespaceDeletionDiscoveryFailure": "Bring back the APIService that is unavailable, or delete it.",
    "NamespaceDeletionGroupVersionParsingFailure": "Correct or delete the APIService whose version cannot be read.",
    "NamespaceDeletionContentFailure": "Do what the message asks: something in it cannot be deleted.",
    "NamespaceFinalizersRemaining": "Let the controller that owns the finalizer do its work; take the finalizer away "
    "by hand only if that controller is gone for good.",
    "NamespaceContentRemaining": "Find out what keeps the objects that are left: finalizers, or a silent node.",
}


def holds(namespace: Namespace) -> list[tuple[str, str]]:
    """Give the conditions that hold it up, from cause to consequence, each with its message."""
    true = {one.type: one.message for one in namespace.status.conditions if one.status == "True"}
    return [(kind, true[kind]) for kind in CURES if kind in true]
