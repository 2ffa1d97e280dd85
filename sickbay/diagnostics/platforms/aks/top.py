"""The ranking of an AKS cluster: that of its Kubernetes part."""

from sickbay.diagnostics.model import Table
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes import top as kubernetes


def top(aks: Snapshot) -> tuple[Table, ...]:
    """Give the table of `--top`, or none where Kubernetes was not read."""
    return kubernetes.top(aks.kubernetes) if aks.kubernetes else ()
