"""A registry of Azure refuses the cluster's pulls."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.aks.acr import by_registry, kubelet, roles_on
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

_ATTACH = "az aks update --resource-group {group} --name {cluster} --attach-acr "
_CURE = "Give the kubelets' identity AcrPull on the registry; it takes some minutes to hold."


@check(
    "AKS-115",
    title="Registry refuses the cluster",
    severity=Severity.MEDIUM,
    remedy="Give the kubelets' identity AcrPull on the registry: az aks update --attach-acr.",
    explains=("K8S-P103", "REG-103"),
)
def registry_denied(aks: Snapshot) -> Iterator[Finding]:
    """Azure Container Registry answers 401 or 403 to the nodes, whose kubelets pull as the cluster's kubelet identity.

    Where role assignments may be read, none that lets that identity pull from the registry proves it. Where one is
    there, the registry's network rules, a wrong name or a role that has not spread yet are left, and it is inferred.
    """
    who = f"the kubelets' identity {kubelet(aks)}".rstrip()
    for registry, evidence in by_registry(aks).items():
        roles = roles_on(aks, registry)
        proven = aks.roles is not None and not roles
        why = f"and {who} {'has' if proven else 'seems to have'} no role that lets it pull there"
        if roles:
            why = f"although {who} has {roles[0]}: look at the registry's network rules and the image's name"
        told = "; ".join(roles) or "none that lets it pull"
        read = (Evidence(source="GET roleAssignments assignedTo()", value=told, at=aks.taken_at),)
        times = f"{len(evidence)} pull{'' if len(evidence) == 1 else 's'}"
        yield Finding(
            subject=Subject("registry", registry),
            summary=f"Registry {registry} refuses {times} of the cluster, {why}.",
            evidence=(*evidence[:3], *(read if aks.roles is not None else ())),
            confidence=Confidence.OBSERVED if proven else Confidence.INFERRED,
            remedy=aks.remedy(_CURE, _ATTACH + registry.partition(".")[0]),
            last_seen=aks.taken_at,
            count=len(evidence),
        )
