"""What of an AKS cluster a person could type as a scope: what its Kubernetes part has."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.scopes import choices as of_kubernetes


def choices(aks: Snapshot) -> Iterator[str]:
    """Yield as the Kubernetes platform does; nothing where that part could not be read."""
    if aks.kubernetes:
        yield from of_kubernetes(aks.kubernetes)
