"""Azure Kubernetes Service: the cluster's Azure side, and beneath it a Kubernetes cluster as any other."""

from sickbay.diagnostics.platform import Platform
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot as Kubernetes


def _held(snapshot: Snapshot) -> tuple[tuple[str, Kubernetes], ...]:
    """Give the Kubernetes part, which the Kubernetes platform's checks judge."""
    return (("kubernetes", snapshot.kubernetes),) if snapshot.kubernetes else ()


PLATFORM = Platform(
    name="aks",
    title="AKS cluster",
    target=AksTarget,
    snapshot=Snapshot,
    collector="sickbay.diagnostics.platforms.aks.collector:collect",
    checks="sickbay.diagnostics.platforms.aks.checks",
    ranks=("cpu", "memory"),
    ranking="sickbay.diagnostics.platforms.aks.top:top",
    logs="sickbay.diagnostics.platforms.aks.collector.asked_logs:read_logs",
    changing="sickbay.diagnostics.platforms.aks.changing:changes",
    watching="sickbay.diagnostics.platforms.aks.collector.watching:watch",
    scoping="sickbay.diagnostics.platforms.aks.scopes:choices",
    holds=_held,
    steps=("Azure", "Kubernetes"),
)
