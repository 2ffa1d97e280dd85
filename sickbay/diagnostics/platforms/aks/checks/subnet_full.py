"""The subnet of a node pool has no addresses left."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.subnets import Shortage, evidence_of, shortages

_CURE = "Add a pool in a larger subnet, lower its maximum of pods a node, or move to Azure CNI Overlay."
_CURE_OF_PODS = "Add a pool with a larger pod subnet, and move pods there; fewer pods free addresses at once."
_CURE_OF_NODES = "Add a pool in a larger subnet; the surge nodes of an upgrade need addresses too."


@check(
    "AKS-107",
    title="Subnet full",
    severity=Severity.HIGH,
    remedy=_CURE,
    explains=("AKS-101", "AKS-103", "AKS-110", "K8S-P104", "K8S-P106", "K8S-S105"),
)
def subnet_full(aks: Snapshot) -> Iterator[Finding]:
    """A node pool cannot grow or be upgraded, since its subnet lacks addresses.

    Azure says SubnetIsFull or InsufficientSubnetSize. Azure CNI without overlay reserves an address for each pod that
    a node may ever run: a node takes its maximum of pods and one more. Where no operation has failed yet, it is told
    while pods wait for a node and less is left than one more takes; that this is why is inferred. So is it where pods
    have a subnet of their own, less than a node's batch of 16 is left in it, and pods on such nodes get no sandbox.
    """
    for item in shortages(aks):
        yield Finding(
            subject=item.subject,
            summary=_summary(aks, item),
            evidence=tuple(evidence_of(aks, item)),
            confidence=Confidence.OBSERVED if item.error else Confidence.INFERRED,
            remedy=aks.remedy(_CURE_OF_PODS if item.of_pods else _CURE if item.reserves else _CURE_OF_NODES),
            last_seen=aks.taken_at,
        )


def _summary(aks: Snapshot, item: Shortage) -> str:
    where = f"Node pool {item.pool.name}" if item.pool else f"AKS cluster {aks.name}"
    named = f"subnet {item.subject.name}" if item.subject.kind == "subnet" else "its subnet"
    waits = f", while {aks.waits}" if aks.waiting and not item.of_pods else ""
    can = "cannot" if item.error else "seems unable to"
    wants = "get addresses for its pods" if item.of_pods else "get more nodes"
    return f"{where} {can} {wants}: {named} is full{item.room}{waits}."
