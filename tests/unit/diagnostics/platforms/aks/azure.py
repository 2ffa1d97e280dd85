"""AKS clusters for tests, written in few words: healthy unless told otherwise, in the forms that Azure writes."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from sickbay.diagnostics.check import Check
from sickbay.diagnostics.model import Finding
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool, ManagedCluster
from sickbay.diagnostics.platforms.aks.wire.monitoring import ActivityEvent
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.kubernetes.clusters import NOW, ago, event
from tests.unit.diagnostics.platforms.kubernetes.clusters import node as kubernetes_node
from tests.unit.diagnostics.platforms.kubernetes.clusters import pod as kubernetes_pod

Fields = Mapping[str, Any]
NONE: Fields = MappingProxyType({})
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop"
NODE_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/MC_shop_prod_westeurope"
ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/prod"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/shop-net/subnets/nodes"
PODS = SUBNET.replace("/nodes", "/pods")
KUBELET = "99999999-aaaa-bbbb-cccc-dddddddddddd"
T = TypeVar("T")


def shaped(shape: type[T], fields: Fields) -> T:
    """Give a shape from its JSON form."""
    return msgspec.convert(fields, shape, strict=False)


def error(code: str, message: str, *details: Fields) -> dict[str, Any]:
    """Give the status of what failed."""
    return {"provisioningError": {"code": code, "message": message, "details": list(details)}}


def cluster_fields(**more: Any) -> dict[str, Any]:
    """Give a cluster as Azure writes it; `more` goes into its properties."""
    return {
        "id": ID,
        "name": "prod",
        "location": "westeurope",
        "properties": {
            "provisioningState": "Succeeded",
            "powerState": {"code": "Running"},
            "kubernetesVersion": "1.33",
            "currentKubernetesVersion": "1.33.5",
            "fqdn": "prod-dns.hcp.westeurope.azmk8s.io",
            "nodeResourceGroup": "MC_shop_prod_westeurope",
            "networkProfile": {
                "networkPlugin": "azure",
                "networkPluginMode": "overlay",
                "outboundType": "loadBalancer",
            },
            "servicePrincipalProfile": {"clientId": "msi"},
            "identityProfile": {"kubeletidentity": {"clientId": "c", "objectId": KUBELET}},
            **more,
        },
    }


def pool_fields(name: str = "user", **more: Any) -> dict[str, Any]:
    """Give a node pool as Azure writes it; `more` goes into its properties."""
    return {
        "id": f"{ID}/agentPools/{name}",
        "name": name,
        "properties": {
            "count": 3,
            "vmSize": "Standard_D4s_v3",
            "vnetSubnetID": SUBNET,
            "maxPods": 30,
            "type": "VirtualMachineScaleSets",
            "mode": "User",
            "orchestratorVersion": "1.33",
            "currentOrchestratorVersion": "1.33.5",
            "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202611.10.0",
            "provisioningState": "Succeeded",
            "powerState": {"code": "Running"},
            **more,
        },
    }


def managed(**more: Any) -> ManagedCluster:
    """Give a cluster; `more` goes into its properties."""
    return shaped(ManagedCluster, cluster_fields(**more))


def pool(name: str = "user", **more: Any) -> AgentPool:
    """Give a node pool; `more` goes into its properties."""
    return shaped(AgentPool, pool_fields(name, **more))


def written(operation: str = "Microsoft.ContainerService/managedClusters/write", *, of: str = ID,
            status: str = "Succeeded", minutes_ago: float = 30, correlation: str = "c1") -> ActivityEvent:  # fmt: skip
    """Give an event of the activity log."""
    return shaped(
        ActivityEvent,
        {
            "caller": "kim@example.com",
            "operationName": {"value": operation, "localizedValue": "Create or Update Managed Cluster"},
            "status": {"value": status},
            "eventTimestamp": ago(minutes=minutes_ago),
            "resourceId": of,
            "correlationId": correlation,
        },
    )


def node(name: str = "aks-user-1-vmss000000", of: str = "user", **more: Any) -> Node:
    """Give a Kubernetes node of a pool."""
    provider = f"azure://{NODE_GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/{name[:-6]}/virtualMachines/0"
    spec = {"providerID": provider, **more.pop("spec", {})}
    info = {"kubeletVersion": "v1.35.1", "containerRuntimeVersion": "containerd://2.1.4", "architecture": "amd64",
            "operatingSystem": "linux"}  # fmt: skip
    made = kubernetes_node(name, spec=spec, nodeInfo=info, **more)
    labels = {**made.metadata.labels, **({"kubernetes.azure.com/agentpool": of} if of else {})}
    return msgspec.structs.replace(made, metadata=msgspec.structs.replace(made.metadata, labels=labels))


def waiting(name: str = "api-7d4b9c-x1", namespace: str = "shop") -> Pod:
    """Give a pod for which the scheduler has found no node for five minutes."""
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                   "message": "0/3 nodes are available: 3 Insufficient cpu.",
                   "lastTransitionTime": ago(minutes=5)}  # fmt: skip
    metadata = {"creationTimestamp": ago(minutes=5)}
    return kubernetes_pod(
        name, node="", namespace=namespace, ready=False, phase="Pending", conditions=[unscheduled], metadata=metadata
    )


def refused(image: str, message: str, name: str = "api-7d4b9c-x1") -> Pod:
    """Give a pod whose image cannot be pulled."""
    state = {"waiting": {"reason": "ErrImagePull", "message": message}}
    return kubernetes_pod(
        name,
        ready=False,
        containers=[{"name": "app", "image": image}],
        statuses=[{"name": "app", "image": image, "ready": False, "state": state}],
    )


def without_a_network() -> tuple[Pod, Event]:
    """Give a pod on a node of the pool `user` that gets no sandbox, and the event that says so."""
    states = [{"name": "app", "ready": False, "state": {"waiting": {"reason": "ContainerCreating"}}}]
    starting = kubernetes_pod(
        node="aks-user-1-vmss000000",
        ready=False,
        phase="Pending",
        metadata={"creationTimestamp": ago(minutes=5)},
        statuses=states,
    )
    message = "plugin type azure-vnet: no IP addresses available"
    return starting, event("Pod", starting.metadata.name, "FailedCreatePodSandBox", message)


def aks(*, pools: Iterable[AgentPool] = (), window: timedelta = timedelta(hours=24), **more: Any) -> Snapshot:
    """Give a snapshot of a healthy cluster with one pool, with `more` of its fields."""
    fields = {"cluster": managed(), "pools": tuple(pools) or (pool(),), **more}
    return Snapshot(request=Request(window=window), taken_at=NOW, name="prod", id=ID, **fields)


def findings(check: Check[Snapshot], snapshot: Snapshot) -> list[Finding]:
    """Give what a check finds."""
    return list(check.judge(snapshot))
