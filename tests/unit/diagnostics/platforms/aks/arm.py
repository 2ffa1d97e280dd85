"""A small Azure Resource Manager: serves resources by path in the API version that is asked for, and misbehaves too.

Its client is the SDK, unmodified; `az` on the search path stands for a person who signed in.
"""

import json
import stat
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.unit.diagnostics.platforms import loopback
from tests.unit.diagnostics.platforms.aks.azure import (
    ID,
    NODE_GROUP,
    SUBNET,
    SUBSCRIPTION,
    cluster_fields,
    pool_fields,
)
from tests.unit.diagnostics.platforms.loopback import NO_HEADERS, Loopback, answer

#: What the SDK in use asks for; the server refuses all else, as Resource Manager does.
SDK_VERSION = "2026-08-01"
CONTROL_PLANE = "Cluster and Control Plane Availability and Performance"
ROOT = f"/subscriptions/{SUBSCRIPTION}"
ACTIVITY = f"{ROOT}/providers/Microsoft.Insights/eventtypes/management/values"
BALANCER = f"{NODE_GROUP}/providers/Microsoft.Network/loadBalancers/kubernetes"
METRICS = f"{BALANCER}/providers/Microsoft.Insights/metrics"
GATEWAYS = f"{NODE_GROUP}/providers/Microsoft.Network/natGateways"
DETECTORS = f"{ID}/detectors"
#: The detectors of a healthy cluster, by name: title and category.
HEALTHY_DETECTORS = {
    "cluster-dns": ("Cluster DNS", "Connectivity Issues"),
    "aks-service-impacting-issues": ("Service impacting issues", CONTROL_PLANE),
    "Etcd": ("Etcd Availability Issues", CONTROL_PLANE),
    "agentpool-put-failures": ("Node pool failures", "Create, Upgrade, Delete and Scale"),
    "nodes-not-ready-alerts": ("Nodes not ready", "Node Health"),
    "InvalidClientServicePrincipal": ("Service principal", "Identity and Security"),
    "disk-attach-failures": ("Disks", "Storage"),
    "aks-recommend-uptime-sla": ("Uptime SLA", "Best Practices"),
    "aks-k8s-deprecations": ("Kubernetes API deprecations", "Deprecations"),
}
HEALTH = f"{ID}/providers/Microsoft.ResourceHealth/availabilityStatuses/current"
ROLES = f"{ROOT}/providers/Microsoft.Authorization/roleAssignments"
RESOURCES = f"{ROOT}/resources"
NETWORK = SUBNET.rpartition("/subnets/")[0]
SCALE_SETS = f"{NODE_GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets"
CORES = f"{ROOT}/providers/Microsoft.Compute/locations/westeurope/usages"
VERSIONS = f"{ROOT}/providers/Microsoft.ContainerService/locations/westeurope/kubernetesVersions"
ENDPOINTS = f"{ID}/outboundNetworkDependenciesEndpoints"
CREDENTIAL = f"{ID}/listClusterUserCredential"


def version_of(path: str) -> str:
    """Give the version of the API in which a path is served."""
    provider, _, rest = path.rpartition("/providers/")[2].partition("/")
    if "/detectors" in path:
        return "2024-08-01"
    if rest.startswith("containerServices/"):
        return "2017-01-31"
    versions = {
        "Microsoft.ContainerService": SDK_VERSION,
        "Microsoft.Compute": "2024-07-01",
        "Microsoft.Network": "2024-05-01",
        "Microsoft.Insights": "2024-02-01" if rest == "metrics" else "2015-04-01",
        "Microsoft.ResourceHealth": "2022-10-01",
        "Microsoft.Authorization": "2022-04-01",
    }
    return versions.get(provider, "2021-04-01")


class Asked(NamedTuple):
    """A request as it came in."""

    method: str
    path: str
    query: Mapping[str, list[str]]


Answer = Callable[["Handler", Asked], None]


class Handler(loopback.Handler):
    """One connection to the server."""

    def __init__(self, arm: "Arm", *connection: Any) -> None:
        self.arm = arm
        super().__init__(*connection)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(self.command, parts.path, parse_qs(parts.query))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.arm.requests.append(asked)
        if not self.headers.get("Authorization", "").startswith("Bearer "):
            refusal(401, "AuthenticationFailed", "Authentication failed.")(self, asked)
        elif not parts.path.endswith("/more") and asked.query.get("api-version") != [version_of(parts.path)]:
            refusal(400, "InvalidApiVersionParameter", f"{parts.path} is served in another version.")(self, asked)
        else:
            self.arm.answer_to(parts.path)(self, asked)

    do_POST = do_GET  # noqa: N815 - as http.server calls it


class Arm(Loopback):
    """A context manager; `routes` maps paths to answers, `requests` lists what was asked. Healthy after `heal`."""

    def __init__(self) -> None:
        self.routes: dict[str, Answer] = {}
        self.requests: list[Asked] = []
        super().__init__(partial(Handler, self))
        self.heal()

    def answer_to(self, path: str) -> Answer:
        """Give the answer to a path, which is the same however it is written."""
        by_lower = {known.lower(): answer for known, answer in self.routes.items()}
        missing = refusal(404, "ResourceNotFound", f"The Resource '{path}' was not found.")
        return by_lower.get(path.lower(), missing)

    def heal(self) -> None:
        """Serve one healthy cluster with two pools, and forget what was asked."""
        self.requests.clear()
        self.routes.clear()
        self.cluster()
        self.pools(pool_fields("system", mode="System", count=1), pool_fields())
        latest = {"latestNodeImageVersion": "AKSUbuntu-2204gen2containerd-202611.10.0"}
        for pool in ("system", "user"):
            self.routes[f"{ID}/agentPools/{pool}/upgradeProfiles/default"] = answer({"properties": latest})
            self.routes[f"{ID}/agentPools/{pool}/machines"] = listed({"name": f"aks-{pool}-1-vmss000000"})
        self.metrics()
        self.routes |= {
            f"{ROOT}/providers/Microsoft.ContainerService/managedClusters": listed(cluster_fields()),
            VERSIONS: answer({"values": [{"version": f"1.{minor}", "isPreview": None} for minor in (33, 34, 35)]}),
            ENDPOINTS: listed(
                {
                    "category": "images",
                    "endpoints": [{"domainName": "mcr.microsoft.com", "endpointDetails": [{"port": 443}]}],
                }
            ),
            ACTIVITY: listed(),
            HEALTH: answer({"name": "current", "properties": {"availabilityState": "Available", "title": "Available"}}),
            f"{NETWORK}/usages": listed(usage(SUBNET, "SubnetSpace", 40, 251)),
            SCALE_SETS: listed(
                {
                    "id": f"{SCALE_SETS}/aks-user-1-vmss",
                    "name": "aks-user-1-vmss",
                    "tags": {"aks-managed-poolName": "user"},
                }
            ),
            f"{SCALE_SETS}/aks-user-1-vmss/instanceView": answer(
                {
                    "virtualMachine": {"statusesSummary": [{"code": "ProvisioningState/succeeded", "count": 3}]},
                    "extensions": [
                        {
                            "name": "vmssCSE",
                            "statusesSummary": [{"code": "ProvisioningState/failed/50", "count": 3}],
                        }
                    ],
                }
            ),
            CORES: listed(usage("", "standardDSv3Family", 98, 100)),
            ROLES: listed(),
            RESOURCES: listed(),
        }
        overview = {"name": "aks-category-node-health", "properties": {"metadata": {"type": "CategoryOverview"}}}
        self.routes[DETECTORS] = listed(overview, *(_described(name) for name in HEALTHY_DETECTORS))
        for name in HEALTHY_DETECTORS:
            self.detector(name)

    def cluster(self, **properties: Any) -> None:
        """Serve the cluster with these properties."""
        self.routes[ID] = answer(cluster_fields(**properties))

    def pools(self, *pools: Mapping[str, Any]) -> None:
        """Serve these node pools."""
        self.routes[f"{ID}/agentPools"] = listed(*pools)

    def metrics(self, failed: float = 0, used: float = 100, allocated: float = 1024) -> None:
        """Serve the load balancer's metrics."""
        self.routes[METRICS] = _metered(
            {
                "SnatConnectionCount": [{"total": None}, {"total": failed}],
                "UsedSnatPorts": [{"average": None}, {"average": used}],
                "AllocatedSnatPorts": [{"average": None}, {"average": allocated}],
            }
        )

    def detector(self, name: str, status: str = "Success", message: str = "All is well") -> None:
        """Serve a detector with one insight."""
        columns = [{"columnName": column} for column in ("Status", "Message", "Data.Name", "Data.Value")]
        dataset = [{"table": {"columns": columns, "rows": [[status, message, None, None]]}}]
        described = _described(name)
        self.routes[f"{DETECTORS}/{name}"] = answer(
            {**described, "properties": {**described["properties"], "dataset": dataset}}
        )

    def gateway(self, of: str = f"{GATEWAYS}/nat", *, addresses: int = 1, prefixes: int = 0, failed: float = 0,
                used: float = 100, available: Iterable[float | None] = (100,)) -> dict[str, Any]:  # fmt: skip
        """Serve a NAT gateway and its metrics, and give it as a list has it."""
        made = {
            "id": of,
            "name": of.rpartition("/")[2],
            "properties": {
                "publicIpAddresses": [{"id": f"/a/{number}"} for number in range(addresses)],
                "publicIpPrefixes": [{"id": f"/p/{number}"} for number in range(prefixes)],
            },
        }
        self.routes[of] = answer(made)
        self.routes[f"{of}/providers/Microsoft.Insights/metrics"] = _metered(
            {
                "SNATConnectionCount": [{"total": failed}],
                "TotalConnectionCount": [{"total": used}, {"total": None}],
                "DatapathAvailability": [{"average": value} for value in available],
            }
        )
        return made


def _described(name: str) -> dict[str, Any]:
    """Give a detector as the list has it."""
    title, category = HEALTHY_DETECTORS[name]
    metadata = {"id": name, "name": title, "category": category, "type": "Detector"}
    return {"name": name, "properties": {"metadata": metadata, "dataset": []}}


def _metered(values: Mapping[str, list[dict[str, float | None]]]) -> Answer:
    """Answer with those of these metrics that are asked for, in points of a minute each."""

    def behave(handler: Handler, asked: Asked) -> None:
        names = asked.query["metricnames"][0].split(",")
        metrics = [
            {
                "name": {"value": name},
                "timeseries": [
                    {
                        "data": [
                            {"timeStamp": f"2026-11-24T03:{minute:02}:00.1234567Z", **point}
                            for minute, point in enumerate(values[name])
                        ]
                    }
                ],
            }
            for name in names
        ]
        handler.send(200, json.dumps({"value": metrics}).encode())

    return behave


def listed(*items: Mapping[str, Any]) -> Answer:
    """Answer with a list of one page."""
    return answer({"value": list(items)})


def refusal(status: int, code: str, message: str, headers: Mapping[str, str] = NO_HEADERS) -> Answer:
    """Answer with an error in Resource Manager's form."""
    return answer({"error": {"code": code, "message": message}}, status, headers)


def usage(of: str, name: str, current: float, limit: float) -> dict[str, Any]:
    """Give the use of a limit."""
    return {"id": of, "name": {"value": name, "localizedValue": name}, "currentValue": current, "limit": limit}


def signed_in(directory: Path) -> None:
    """Put an `az` into a directory that hands out a token as the real one does."""
    token = json.dumps({"accessToken": "t0ken", "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4070908800})
    az = directory / "az"
    az.write_text(f"#!/bin/sh\necho '{token}'\n")
    az.chmod(az.stat().st_mode | stat.S_IXUSR)
