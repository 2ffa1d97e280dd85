"""Broken clusters, read through the unmodified SDK from a Resource Manager and an API server: what is told first."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from msgspec import to_builtins

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.aks.collector import credentials
from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.rights import GRANTED, KUBERNETES
from sickbay.diagnostics.platforms.kubernetes.resources import AUTOSCALER_STATUS
from tests.unit.diagnostics.platforms.aks.arm import GATEWAYS, HEALTH, NETWORK, RESOURCES, Arm, Asked, listed, usage
from tests.unit.diagnostics.platforms.aks.arm import Handler as ArmHandler
from tests.unit.diagnostics.platforms.aks.azure import GROUP, SUBNET, error, node, pool_fields, refused, waiting
from tests.unit.diagnostics.platforms.aks.conftest import Behind, Judge, Targets
from tests.unit.diagnostics.platforms.kubernetes.clusters import budget, deployment, pod
from tests.unit.diagnostics.platforms.kubernetes.fake_api import Handler, items
from tests.unit.diagnostics.platforms.kubernetes.fake_api import answer as kubernetes_answer
from tests.unit.diagnostics.platforms.loopback import answer

Break = Callable[[Arm, Behind], None]
QUOTA = error("ErrCode_InsufficientVCPUQuota", "Insufficient vcpu quota requested 8, remaining 2 for family "
              "standardDSv3Family for region westeurope.")  # fmt: skip
NO_WAY_OUT = error("VMExtensionProvisioningError", "CSE failed with 'VMExtensionError_OutBoundConnFail'")
FULL = error("SubnetIsFull", "nodes with address prefix 10.1.0.0/24 doesn't have enough capacity for IP addresses.")
EXPIRED = "AADSTS7000222: The provided client secret keys for app 'abc' are expired."
NODE = "aks-user-1-vmss000000"


def hang_up(handler: Handler, _query: dict[str, str]) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def failed(arm: Arm, status: dict[str, Any], **cluster: Any) -> None:
    """Let the pool `user` and so the cluster fail."""
    arm.pools(pool_fields("system", mode="System"), pool_fields(provisioningState="Failed", status=status))
    arm.cluster(provisioningState="Failed", status=status, **cluster)


def no_quota(arm: Arm, behind: Behind) -> None:
    failed(arm, QUOTA)
    behind.serve(pods=[waiting()])


def no_capacity(arm: Arm, _behind: Behind) -> None:
    failed(arm, error("ZonalAllocationFailed", "We do not have sufficient capacity for the requested VM size."))


def no_such_size(arm: Arm, _behind: Behind) -> None:
    failed(arm, error("SkuNotAvailable", "The requested size Standard_D4s_v3 is currently not available."))


def nodes_cannot_get_out(arm: Arm, _behind: Behind) -> None:
    failed(arm, NO_WAY_OUT)


def own_route_blocks(arm: Arm, _behind: Behind) -> None:
    failed(arm, NO_WAY_OUT, networkProfile={"networkPlugin": "azure", "outboundType": "userDefinedRouting"})


def subnet_full(arm: Arm, behind: Behind) -> None:
    failed(arm, FULL)
    arm.routes[f"{NETWORK}/usages"] = listed(usage(SUBNET, "SubnetSpace", 251, 251))
    behind.serve(pods=[waiting()])


def stopped(arm: Arm, behind: Behind) -> None:
    arm.cluster(powerState={"code": "Stopped"})
    behind.routes["/version"] = hang_up


def private(arm: Arm, behind: Behind) -> None:
    arm.cluster(apiServerAccessProfile={"enablePrivateCluster": True})
    behind.routes["/version"] = hang_up


def principal_gone(arm: Arm, _behind: Behind) -> None:
    failed(arm, error("ServicePrincipalValidationClientError", EXPIRED), servicePrincipalProfile={"clientId": "abc"})


def ports_used_up(arm: Arm, behind: Behind) -> None:
    arm.metrics(failed=1200, used=1024)
    message = 'failed to do request: Head "https://ghcr.io/v2/shop/api/manifests/1": dial tcp: i/o timeout'
    behind.serve(pods=[refused("ghcr.io/shop/api:1", message)])


def at_maximum(arm: Arm, behind: Behind) -> None:
    arm.pools(pool_fields(enableAutoScaling=True, minCount=1, maxCount=3))
    behind.serve(pods=[waiting()])


def autoscaler_refused(arm: Arm, behind: Behind) -> None:
    arm.pools(pool_fields(enableAutoScaling=True, minCount=1, maxCount=9))
    behind.serve(pods=[waiting()])
    error = {"errorCode": "QUOTA_EXCEEDED", "errorMessage": "exceeding approved standardDSv3Family Cores quota"}
    group = {"name": "aks-user-1-vmss", "health": {"cloudProviderTarget": 3, "maxSize": 9},
             "scaleUp": {"status": "Backoff", "backoffInfo": error}}  # fmt: skip
    told = {"data": {"status": json.dumps({"autoscalerStatus": "Running", "nodeGroups": [group]})}}
    behind.routes[AUTOSCALER_STATUS] = kubernetes_answer(told)


def gateway_ports_used_up(arm: Arm, behind: Behind) -> None:
    ports_used_up(arm, behind)
    arm.cluster(networkProfile={"outboundType": "managedNATGateway"})
    arm.routes[GATEWAYS] = listed(arm.gateway(failed=310, used=51000))


def gateway_down(arm: Arm, behind: Behind) -> None:
    ports_used_up(arm, behind)
    arm.cluster(networkProfile={"outboundType": "userAssignedNATGateway"})
    arm.routes[SUBNET] = answer({"properties": {"natGateway": arm.gateway(available=[0] * 15)}})


def disks_cannot_be_attached(arm: Arm, _behind: Behind) -> None:
    arm.detector("disk-attach-failures", "Critical", "12 disks could not be attached.")


def drain_blocked(arm: Arm, behind: Behind) -> None:
    failed(arm, error("UpgradeFailed", f"Drain node {NODE} failed when evicting pod api: Too Many Requests (PDB)"))
    tight = budget(disruptionsAllowed=0, currentHealthy=1, desiredHealthy=1, expectedPods=1)
    behind.serve(nodes=[node(NODE, spec={"unschedulable": True})], pods=[pod(node=NODE)], poddisruptionbudgets=[tight])


def unavailable(arm: Arm, _behind: Behind) -> None:
    told = {"availabilityState": "Unavailable", "summary": "The control plane is down.", "reasonType": "Unplanned"}
    arm.routes[HEALTH] = answer({"properties": told})


def etcd_full(arm: Arm, _behind: Behind) -> None:
    arm.detector("Etcd", "Critical", "The database of etcd has reached its limit.")


def registry_denies(_arm: Arm, behind: Behind) -> None:
    message = "failed to authorize: failed to fetch anonymous token: 401 Unauthorized"
    behind.serve(pods=[refused("shop.azurecr.io/api:1", message)])


def cluster_alone(arm: Arm, _behind: Behind) -> None:
    arm.cluster(provisioningState="Failed", status=error("ScopeLocked", "cannot perform write because of a lock"))


def node_of_a_failed_pool(arm: Arm, behind: Behind) -> None:
    failed(arm, QUOTA)
    gone = {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "Kubelet stopped posting."}
    behind.serve(nodes=[node("aks-system-1-vmss000000", "system"), node(conditions=[gone])])


@pytest.mark.parametrize(
    ("broken", "code", "explained"),
    [
        (no_quota, "AKS-103", {"AKS-101", "K8S-P104"}),
        (no_capacity, "AKS-103", {"AKS-101"}),
        (no_such_size, "AKS-103", {"AKS-101"}),
        (nodes_cannot_get_out, "AKS-103", {"AKS-101"}),
        (own_route_blocks, "AKS-112", {"AKS-103", "AKS-101"}),
        (subnet_full, "AKS-107", {"AKS-101", "K8S-P104"}),
        (stopped, "AKS-102", {"K8S-X101"}),
        (private, "AKS-108", {"K8S-X101"}),
        (principal_gone, "AKS-109", {"AKS-101"}),
        (ports_used_up, "AKS-106", {"K8S-P103"}),
        (at_maximum, "AKS-110", {"K8S-P104"}),
        (autoscaler_refused, "AKS-110", {"K8S-P104"}),
        (gateway_ports_used_up, "AKS-106", {"K8S-P103"}),
        (gateway_down, "AKS-106", {"K8S-P103"}),
        (disks_cannot_be_attached, "AKS-117", set()),
        (drain_blocked, "K8S-W107", {"AKS-111", "AKS-101"}),
        (unavailable, "AKS-113", set()),
        (etcd_full, "AKS-113", set()),
        (registry_denies, "AKS-115", {"K8S-P103"}),
        (cluster_alone, "AKS-101", set()),
        (node_of_a_failed_pool, "AKS-103", {"AKS-101", "K8S-N101"}),
    ],
)
def test_the_cause_is_told_first(
    arm: Arm, behind: Behind, judge: Judge, broken: Break, code: str, explained: set[str]
) -> None:
    """Given a cluster with a fault, when it is diagnosed, then the cause stands first, its symptoms beneath it."""
    broken(arm, behind)

    report = judge()

    assert report.findings[0].code == code
    assert {item.code for item in report.findings if item.explained_by} >= explained
    assert [item.code for item in report.causes] == [code]


def test_a_scope_of_kubernetes_is_explained_by_azure(arm: Arm, behind: Behind, judge: Judge) -> None:
    """Given a pool without quota, when a workload that waits for it is asked for, then the pool is told first."""
    failed(arm, QUOTA)
    home, apps = "/api/v1/namespaces/payments", "/apis/apps/v1/namespaces/payments"
    api = {**to_builtins(deployment(namespace="payments")), "kind": "Deployment"}
    behind.routes[f"{apps}/deployments/api"] = kubernetes_answer(api)
    behind.routes[home] = kubernetes_answer({"metadata": {"name": "payments"}})
    behind.routes[f"{home}/pods"] = items(to_builtins(waiting(namespace="payments")))

    report = judge("payments/deployment/api")

    assert [item.code for item in report.causes] == ["AKS-103"]
    assert "K8S-P104@deployment/payments/api" in {item.id for item in report.findings if item.explained_by}
    assert report.scope == "payments/deployment/api"


def test_what_is_left_of_container_service_is_told_to_an_audit(arm: Arm, judge: Judge) -> None:
    """Given a Swarm of old, and one that no longer answers, when audited, then both are told; never otherwise."""
    there = [f"{GROUP}/providers/Microsoft.ContainerService/containerServices/{name}" for name in ("old", "dumb")]
    arm.routes[RESOURCES] = listed(*({"id": one, "name": one[-4:].strip("/"), "location": "westus"} for one in there))
    properties = {"orchestratorProfile": {"orchestratorType": "Swarm"}, "masterProfile": {"count": 3},
                  "agentPoolProfiles": [{"name": "agents", "count": 4}]}  # fmt: skip
    arm.routes[there[0]] = answer({"id": there[0], "name": "old", "location": "westus", "properties": properties})

    told = {item.subject: item.summary for item in judge(audit=True).findings}

    assert "runs Docker Swarm (classic) on 3 masters and 4 agents" in told["containerservice/old"]
    assert "runs an unknown orchestrator on machines that it does not tell of" in told["containerservice/dumb"]
    assert judge().findings == ()


def test_machines_of_the_engines_are_told_apart_from_those_of_aks(arm: Arm, judge: Judge) -> None:
    """Given machines that both engines tagged, and AKS itself, when audited, then those of the engines are told."""
    tagged = {
        "k8s-master-0": {"acsengineVersion": "v0.19.1", "creationSource": "acsengine-k8s-master-0"},
        "k8s-agents-vmss": {"aksEngineVersion": "v0.60.0", "creationSource": "aksengine-k8s-agents-vmss"},
        "aks-nodepool1-0": {"aksEngineVersion": "v0.47.0-aks", "creationSource": "aks-aks-nodepool1-0"},
        "web-1": {"team": "shop"},
    }
    kinds = {
        "Microsoft.Compute/virtualMachines": ["k8s-master-0", "aks-nodepool1-0", "web-1"],
        "Microsoft.Compute/virtualMachineScaleSets": ["k8s-agents-vmss"],
    }

    def by_kind(handler: ArmHandler, asked: Asked) -> None:
        names = next((names for kind, names in kinds.items() if f"'{kind}'" in asked.query["$filter"][0]), [])
        listed(*({"id": f"/{name}", "name": name, "tags": tagged[name]} for name in names))(handler, asked)

    arm.routes[RESOURCES] = by_kind

    (found,) = judge(audit=True).findings

    assert (found.code, found.count) == ("AKS-116", 2)
    assert found.evidence[0].value.startswith("k8s-master-0 (acsengineVersion v0.19.1); k8s-agents-vmss (")


@pytest.mark.parametrize(
    ("cloud", "manager", "audience", "authority"),
    [
        ("AzureCloud", "management.azure.com", "management.azure.com", None),
        (
            "AzureUSGovernment",
            "management.usgovcloudapi.net",
            "management.core.usgovcloudapi.net",
            "login.microsoftonline.us",
        ),
        ("AzureChinaCloud", "management.chinacloudapi.cn", "management.chinacloudapi.cn", "login.chinacloudapi.cn"),
    ],
)
def test_each_cloud_has_addresses_of_its_own(
    target: Targets, monkeypatch: pytest.MonkeyPatch, cloud: str, manager: str, audience: str, authority: str | None
) -> None:
    """Given a sovereign cloud, when Sickbay signs in, then its authority is asked for a token of its own manager."""
    asked: list[tuple[object, ...]] = []

    class Chain:
        def __init__(self, **options: object) -> None:
            asked.append((options.get("authority"),))

        def get_token(self, *scopes: str) -> AccessToken:
            asked.append(scopes)
            return AccessToken("t0ken", 4_070_908_800)

        def close(self) -> None:
            pass

    monkeypatch.setattr(credentials, "DefaultAzureCredential", Chain)
    connection = Connection(target(cloud=cloud, resource_manager=None), Budget())
    connection.open()
    connection.close()

    assert connection.address == f"https://{manager}"
    assert asked == [(authority,), (f"https://{audience}/.default",)]


def test_a_healthy_cluster_is_clean(judge: Judge) -> None:
    """Given a healthy cluster, when it is diagnosed, then nothing is found and nothing is missing on Azure's side."""
    report = judge(audit=True)

    assert [(item.code, item.summary) for item in report.findings] == []
    assert {gap.what for gap in report.gaps}.isdisjoint({KUBERNETES, *(right.what for right in GRANTED)})
    assert report.looked_at == {"clusters (AKS)": 1, "node pools": 2, "nodes": 2}
