"""AKS-115: registries of Azure that refuse the cluster."""

from typing import Any

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.aks.checks.registry_denied import registry_denied
from sickbay.diagnostics.platforms.aks.wire.resources import RoleAssignment
from tests.unit.diagnostics.platforms.aks.azure import GROUP, KUBELET, SUBSCRIPTION, aks, findings, refused, shaped
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster

DENIED = "failed to authorize: failed to fetch anonymous token: 401 Unauthorized"
PULLS = cluster(refused("shop.azurecr.io/api:1", DENIED))
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"


def role(scope: str, definition: str = ACR_PULL) -> RoleAssignment:
    path = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{definition}"
    fields: dict[str, Any] = {"properties": {"roleDefinitionId": path, "scope": scope}}
    return shaped(RoleAssignment, fields)


def registry(name: str) -> str:
    return f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/{name}"


def test_an_identity_without_a_role_is_proven() -> None:
    """Given a refused pull and no role on that registry, when judged, then identity and registry are told."""
    (found,) = findings(registry_denied, aks(roles=(role(registry("other")), role(GROUP, "unknown")), kubernetes=PULLS))

    assert (found.subject, found.confidence) == (Subject("registry", "shop.azurecr.io"), Confidence.OBSERVED)
    assert found.summary == (
        "Registry shop.azurecr.io refuses 1 pull of the cluster, and the kubelets' identity "
        f"{KUBELET} has no role that lets it pull there."
    )
    assert found.remedy is not None
    assert found.remedy.command == "az aks update --resource-group shop --name prod --attach-acr shop"


def test_roles_that_were_not_read_leave_it_inferred() -> None:
    """Given a refused pull and no role assignments read, when judged, then it is inferred."""
    (found,) = findings(registry_denied, aks(kubernetes=PULLS))

    assert found.confidence is Confidence.INFERRED
    assert "seems to have no role" in found.summary


def test_a_role_that_is_there_leads_elsewhere() -> None:
    """Given AcrPull on the registry, when its pulls are refused, then network rules and the name are told of."""
    (found,) = findings(registry_denied, aks(roles=(role(registry("Shop")),), kubernetes=PULLS))

    assert "has AcrPull on" in found.summary
    assert found.summary.endswith("look at the registry's network rules and the image's name.")


def test_a_name_that_is_none_of_azures_gets_into_no_command() -> None:
    """Given an image whose registry's name would end a command, when its pull is refused, then nothing is found."""
    hostile = refused("$(reboot).azurecr.io/api:1", DENIED)

    assert findings(registry_denied, aks(kubernetes=cluster(hostile))) == []


def test_other_registries_and_other_faults_are_left_alone() -> None:
    """Given a pull that another registry refuses, and one that Azure's does not have, then nothing is found."""
    other = refused("ghcr.io/shop/api:1", DENIED, "a")
    missing = refused("shop.azurecr.io/api:9", "manifest unknown", "b")

    assert findings(registry_denied, aks(kubernetes=cluster(other, missing))) == []
