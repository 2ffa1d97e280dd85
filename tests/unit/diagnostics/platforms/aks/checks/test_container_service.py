"""AKS-116: what is left of Azure Container Service."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.aks.checks.container_service import container_service
from sickbay.diagnostics.platforms.aks.wire.resources import ContainerService, Resource
from tests.unit.diagnostics.platforms.aks.azure import GROUP, aks, findings, shaped


def service(kind: str) -> ContainerService:
    pools = [
        {"name": "agents", "count": 4, "vmSize": "Standard_D2", "fqdn": "old.westus.cloudapp.azure.com"},
        {"name": "more", "count": 2},
    ]
    return shaped(ContainerService, {
        "id": f"{GROUP}/providers/Microsoft.ContainerService/containerServices/old",
        "name": "old",
        "location": "westus",
        "properties": {
            "orchestratorProfile": {"orchestratorType": kind},
            "masterProfile": {"count": 3, "fqdn": "oldmgmt.westus.cloudapp.azure.com"},
            "agentPoolProfiles": pools,
        },
    })  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "cure"),
    [
        ("DCOS", "DC/OS", "Marathon's applications must be written anew"),
        ("Swarm", "Docker Swarm (classic)", "a Docker target ssh://azureuser@oldmgmt.westus.cloudapp.azure.com:2200"),
        ("DockerCE", "Docker Swarm", "a Swarm target ssh://"),
        ("Kubernetes", "Kubernetes", "a Kubernetes target by its kubeconfig"),
        ("Custom", "Custom", "Move what runs there to AKS"),
    ],
)
def test_the_orchestrator_its_size_and_a_way_out_are_told(kind: str, name: str, cure: str) -> None:
    """Given a container service of an orchestrator, when judged, then it, its counts and what to do are told."""
    (found,) = findings(container_service, aks(services=(service(kind),)))

    assert found.subject == Subject("containerservice", "old")
    assert f"runs {name} on 3 masters and 6 agents" in found.summary
    assert found.evidence[0].value.endswith(", oldmgmt.westus.cloudapp.azure.com, old.westus.cloudapp.azure.com")
    assert found.remedy is not None
    assert cure in found.remedy.text


def test_machines_of_the_engine_are_told_once() -> None:
    """Given machines that acs-engine tagged, when judged, then they are told once, with their orchestrator."""
    tags = {"acsengineVersion": "v0.19.1", "orchestrator": "Kubernetes:1.10.3", "creationSource": "acsengine-k8s"}
    machines = tuple(Resource(name=f"k8s-master-{n}", tags=tags) for n in range(2))

    (found,) = findings(container_service, aks(engine_machines=machines))

    assert found.count == 2
    assert found.evidence[0].value.startswith("k8s-master-0 (orchestrator Kubernetes:1.10.3, acsengineVersion v0.19.1)")


def test_a_subscription_without_any_is_clean() -> None:
    """Given neither, when judged, then nothing is found."""
    assert findings(container_service, aks()) == []
