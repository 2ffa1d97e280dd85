"""The role that is shipped grants what a diagnosis asks for, neither less nor more."""

import re
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import yaml

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.kubernetes.collector.watching import watch
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS, NODE_METRICS, POD_METRICS
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.settings import load_settings
from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, answer, items, kubeconfig, raw, refusal

DEPLOY = Path(__file__).parents[5] / "deploy" / "kubernetes"
#: What a role grants: API group, resource (with a name where it grants that one alone), verb.
Right = tuple[str, str, str]
_PATH = re.compile(
    r"/api(?:s/(?P<group>[^/]+))?/v[^/]+(?:/namespaces/[^/]+(?=/))?/(?P<plural>[a-z]+)(?:/(?P<name>[^/]+))?(?P<log>/log)?$"
)


def documents(file: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / file).read_text()))


def granted() -> tuple[set[Right], set[str]]:
    """Give the rights of the shipped role, and the paths beside resources that it lets read."""
    (role,) = documents("role.yaml")
    rights = {
        (group, f"{resource}/{name}".rstrip("/"), verb)
        for rule in role["rules"]
        for group in rule.get("apiGroups", ())
        for resource in rule.get("resources", ())
        for name in rule.get("resourceNames", ("",))
        for verb in rule["verbs"]
    }
    return rights, {path for rule in role["rules"] for path in rule.get("nonResourceURLs", ())}


def asked(requests: list[str]) -> tuple[set[Right], set[str]]:
    """Give the rights that these requests need."""
    rights, others = set[Right](), set[str]()
    for request in requests:
        path, _, query = request.partition("?")
        if found := _PATH.match(path):
            one = f"/{found['name']}" if found["plural"] == "configmaps" and found["name"] else ""
            resource = found["plural"] + (found["log"] or one)
            rights.add((found["group"] or "", resource, "get" if found["name"] else _verb(query)))
        else:
            others.add(path)
    return rights, others


def _verb(query: str) -> str:
    return "watch" if "watch=true" in query else "list"


def meta(name: str, owner: Mapping[str, str] | None = None) -> dict[str, Any]:
    owners = [{**owner, "uid": "o", "controller": True}] if owner else []
    return {"name": name, "namespace": "shop", "uid": name, "labels": {"app": "api"}, "ownerReferences": owners}


@pytest.fixture
def shop(api: FakeApi) -> FakeApi:
    """An API server of a namespace in which all hangs together; one pod crashes, one waits for a node."""
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    crashed = {"terminated": {"exitCode": 1, "reason": "Error"}}
    pod = {
        "metadata": meta("api-1", {"kind": "ReplicaSet", "name": "api-x"}),
        "spec": {"nodeName": "node-1", "volumes": [volume], "containers": [{"name": "app", "image": "api:1"}]},
        "status": {"phase": "Running", "containerStatuses": [{"name": "app", "state": crashed, "lastState": crashed}]},
    }
    unfit = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    waiting = {
        "metadata": meta("api-2") | {"creationTimestamp": "2020-01-01T00:00:00Z"},
        "status": {"phase": "Pending", "conditions": [unfit]},
    }
    selector = {"selector": {"matchLabels": {"app": "api"}}, "template": {"metadata": {"labels": {"app": "api"}}}}
    deployment = {"metadata": meta("api") | {"generation": 2}, "spec": selector}
    stateful_set = {"metadata": meta("db") | {"generation": 2}, "spec": {"replicas": 3, **selector}}
    replica_set = {"metadata": meta("api-x", {"kind": "Deployment", "name": "api"}), "spec": selector}
    claim = {"metadata": meta("data"), "spec": {"volumeName": "pv-1", "storageClassName": "fast"}}
    service = {"metadata": meta("api"), "spec": {"selector": {"app": "api"}, "ports": [{"port": 80}]}}
    metrics = {
        "metadata": {"name": "v1beta1.metrics.k8s.io"},
        "spec": {"group": "metrics.k8s.io", "version": "v1beta1"},
    }
    issuing = {"metadata": {"name": "v1.cert-manager.io"}, "spec": {"group": "cert-manager.io", "version": "v1"}}
    core, apps = "/api/v1/namespaces/shop", "/apis/apps/v1/namespaces/shop"
    api.routes |= {
        "/api/v1/pods": items(pod, waiting),
        f"{core}/pods": items(pod, waiting),
        f"{core}/pods/api-1": answer(pod),
        f"{core}/pods/api-1/log": raw(b"2026-11-24T03:00:00Z no config\n"),
        "/api/v1/services": items(service),
        f"{core}/services": items(service),
        "/api/v1/persistentvolumeclaims": items(claim),
        f"{core}/persistentvolumeclaims": items(claim),
        f"{core}/persistentvolumeclaims/data": answer(claim),
        f"{apps}/deployments": items(deployment),
        f"{apps}/deployments/api": answer(deployment),
        "/apis/apps/v1/statefulsets": items(stateful_set),
        f"{apps}/replicasets/api-x": answer(replica_set),
        "/api/v1/nodes/node-1": answer({"metadata": {"name": "node-1"}}),
        "/api/v1/namespaces/shop": answer({"metadata": {"name": "shop"}}),
        "/apis/apiregistration.k8s.io/v1/apiservices": items(metrics, issuing),
    }
    return api


def absent(api: FakeApi) -> None:
    """Answer with 404 where one object is asked for that the shop does not have."""
    kinds = (*KINDS.values(), POD_METRICS, NODE_METRICS)
    for kind in kinds:
        for place in kind.apis:
            for name in ("api", "data", "nothing", "nowhere", "nobody", "api-1"):
                for namespace in ("shop", "nowhere"):
                    path = kind.path(place, namespace, name)
                    if path not in api.routes:
                        api.routes[path] = refusal(404, "not found")


def test_the_role_grants_what_is_asked_for_and_no_more(shop: FakeApi, read: Read, tmp_path: Path) -> None:
    """Given scopes of every form and a recorder, then what they asked for is what the role grants, to the verb."""
    absent(shop)
    for scope in ("", "shop", "shop/api", "shop/data", "shop/api-1", "node/node-1"):
        read(scope)
    for scope in ("nowhere", "shop/nothing", "nowhere/nothing", "node/nobody"):
        with pytest.raises(UnknownScopeError):
            read(scope)

    stopping = Event()
    for _ in watch(KubernetesTarget(name="lab", kubeconfig=kubeconfig(tmp_path, shop.url)), "", stopping):
        stopping.set()

    rights, others = asked(shop.requests)

    assert (rights, others) == granted()


def test_the_role_only_reads() -> None:
    """Given the role, then it can neither change anything, nor read secrets, nor reach into nodes and containers."""
    rights, _ = granted()

    assert {verb for _, _, verb in rights} == {"get", "list", "watch"}
    assert {one for _, one, _ in rights if "/" in one} == {"pods/log", "configmaps/cluster-autoscaler-status"}
    assert not {"secrets", "serviceaccounts", "*"} & {resource for _, resource, _ in rights}


@pytest.mark.parametrize(("file", "kind"), [("cluster.yaml", "ClusterRoleBinding"), ("namespace.yaml", "RoleBinding")])
def test_the_bindings_bind_that_role_to_the_workers_account(file: str, kind: str) -> None:
    """Given a binding, then it names the role that is shipped, and the account that the worker runs as."""
    (role,) = documents("role.yaml")
    account, _, deployment = documents("worker.yaml")
    (binding,) = documents(file)

    assert binding["kind"] == kind
    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                                  "name": role["metadata"]["name"]}  # fmt: skip
    subject = {"kind": "ServiceAccount", **account["metadata"]}
    assert binding["subjects"] == [subject]
    assert deployment["spec"]["template"]["spec"]["serviceAccountName"] == account["metadata"]["name"]


def test_the_worker_runs_without_rights_on_its_node() -> None:
    """Given the worker's deployment, then it is no root, its root is read-only, and it has no capabilities."""
    deployment = next(item for item in documents("worker.yaml") if item["kind"] == "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not [volume for volume in pod["volumes"] if "hostPath" in volume]
    assert container["resources"]["limits"]["memory"]


def test_the_workers_configuration_is_one_that_sickbay_reads(tmp_path: Path) -> None:
    """Given the configmap of the worker, when Sickbay reads it, then the cluster that it runs in is its target."""
    settings = next(item for item in documents("worker.yaml") if item["kind"] == "ConfigMap")
    file = tmp_path / "sickbay.yaml"
    file.write_text(settings["data"]["sickbay.yaml"])

    read = load_settings(file)

    assert read.targets["prod"] == KubernetesTarget(name="prod", in_cluster=True, zone="prod")
    assert read.served_zones == ("prod",)
