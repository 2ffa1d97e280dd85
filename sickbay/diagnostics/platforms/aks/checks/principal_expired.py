"""A service principal has expired."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.aks.principals import signs
from sickbay.diagnostics.platforms.aks.snapshot import Obstacle, Snapshot

_CURE = "Move the cluster to a managed identity, which needs no secret, or give its principal a new one."
_UPDATE = "az aks update --resource-group {group} --name {cluster} --enable-managed-identity"


@check(
    "AKS-109",
    title="Service principal expired",
    severity=Severity.HIGH,
    remedy=_CURE,
    explains=("AKS-101", "AKS-103", "K8S-S105", "K8S-V101", "K8S-V103", "K8S-P107", "K8S-P103"),
)
def principal_expired(aks: Snapshot) -> Iterator[Finding]:
    """The application that the cluster acts as is not accepted any more: its secret expired, or it is gone.

    Microsoft Entra ID answers AADSTS7000222 (expired), AADSTS7000215 (wrong secret) or AADSTS700016 (no such
    application), which Azure's errors and Kubernetes' events quote. Pods run on, but disks are not attached, load
    balancers not made, nodes not added. Sickbay's own principal can expire too: then it sees nothing of Azure.
    """
    own = aks.unreachable
    if own and own.obstacle is Obstacle.EXPIRED:
        yield Finding(
            subject=aks.subject,
            summary="The service principal that Sickbay signs in to Azure with has expired: Azure's side was not read.",
            evidence=(Evidence(source="the token endpoint", value=own.message, at=aks.taken_at),),
            remedy=Remedy(
                text="Give Sickbay's worker a new secret, or a managed or workload identity, which needs none."
            ),
            last_seen=aks.taken_at,
        )
    elif evidence := tuple(signs(aks)):
        client = aks.cluster.properties.service_principal_profile.client_id if aks.cluster else ""
        named = f" ({client})" if client and client != "msi" else ""
        yield Finding(
            subject=aks.subject,
            summary=f"The service principal of {aks.name}{named} is not accepted any more: the cluster can neither add "
            "nodes nor attach disks nor make load balancers.",
            evidence=evidence,
            remedy=aks.remedy(_CURE, _UPDATE),
            last_seen=aks.taken_at,
            count=len(evidence),
        )
