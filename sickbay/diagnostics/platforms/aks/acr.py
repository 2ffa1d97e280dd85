"""Pulls that a registry of Azure refuses, and whether the kubelets' identity has a role that lets it pull."""

import re
from collections.abc import Iterator, Mapping

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.dependencies import registry_of
from sickbay.diagnostics.platforms.kubernetes.pulls import Pull, failed_pulls
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.pulls import PullFault

#: Registries of the public cloud, of China's and of the US government's.
_ACR = re.compile(r"[a-zA-Z0-9-]+\.azurecr\.(?:io|cn|us)")
#: Built-in roles that let a registry's images be pulled, by the ids that are the same in every tenant.
PULL_ROLES = {
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
    "8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
    "b93aa761-3e63-49ed-ac28-beffa264f7ac": "Container Registry Repository Reader",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
}


def refused_pulls(aks: Snapshot) -> Iterator[tuple[str, Pod, Pull]]:
    """Yield the pulls that a registry of Azure refuses for want of access, with its name."""
    for pod, pull in failed_pulls(aks.kubernetes) if aks.kubernetes else ():
        registry = registry_of(pull.image)
        if pull.fault is PullFault.DENIED and _ACR.fullmatch(registry):
            yield registry, pod, pull


def roles_on(aks: Snapshot, registry: str) -> tuple[str, ...]:
    """Give the pulling roles of the kubelets' identity that hold for a registry.

    One on another registry does not; one on a resource group or more may, as far as can be seen from its scope.
    """
    name = registry.partition(".")[0].lower()
    found = []
    for item in aks.roles or ():
        role = PULL_ROLES.get(item.properties.role_definition_id.lower().rpartition("/")[2])
        scope = item.properties.scope.lower()
        if role and ("/registries/" not in scope or scope.partition("/registries/")[2].partition("/")[0] == name):
            found.append(f"{role} on {item.properties.scope}")
    return tuple(found)


def by_registry(aks: Snapshot) -> Mapping[str, tuple[Evidence, ...]]:
    """Give what tells of refused pulls, by registry."""
    found: dict[str, tuple[Evidence, ...]] = {}
    held = aks.kubernetes
    if held is None:
        return found
    for registry, pod, pull in refused_pulls(aks):
        field = f"status.containerStatuses[{pull.container}].state.waiting"
        message = pull.event.message if pull.event else pull.message
        told = held.evidence("pods", pod, field, message)
        found[registry] = (*found.get(registry, ()), told)
    return found


def kubelet(aks: Snapshot) -> str:
    """Give the id of the identity that the kubelets pull as, or nothing where it is not known."""
    identity = aks.cluster.properties.identity_profile.get("kubeletidentity") if aks.cluster else None
    return identity.object_id if identity else ""
