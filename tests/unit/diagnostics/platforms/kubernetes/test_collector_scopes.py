"""What a scope reads, what it leaves out again, and what is said of names that are none."""

from typing import Any

import pytest

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.model import Subject
from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, answer, items, refusal

SHOP = "/api/v1/namespaces/shop"
APPS = "/apis/apps/v1/namespaces/shop"


def named(name: str, namespace: str = "shop", **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": namespace, "uid": f"{name}-uid", **more.pop("metadata", {})},
        **more,
    }


def template(app: str) -> dict[str, Any]:
    return {"selector": {"matchLabels": {"app": app}}, "template": {"metadata": {"labels": {"app": app}}}}


def service(name: str, app: str) -> dict[str, Any]:
    return named(name, spec={"selector": {"app": app}, "ports": [{"port": 80}]})


@pytest.fixture
def shop(api: FakeApi) -> FakeApi:
    """A namespace with the deployments api and web, a service each, and a pod of api on node-1."""
    missing = refusal(404, "not found")
    for plural in ("statefulsets", "daemonsets", "replicasets"):
        api.routes |= {f"{APPS}/{plural}/{name}": missing for name in ("api", "web", "ghost", "both")}
    for plural in ("pods", "services", "persistentvolumeclaims", "replicationcontrollers"):
        api.routes |= {f"{SHOP}/{plural}/{name}": missing for name in ("api", "web", "ghost", "both")}
    for path in ("/apis/batch/v1/namespaces/shop/jobs", "/apis/batch/v1/namespaces/shop/cronjobs",
                 "/apis/batch/v1beta1/namespaces/shop/cronjobs", "/apis/networking.k8s.io/v1/namespaces/shop/ingresses",
                 f"{APPS}/deployments"):  # fmt: skip
        api.routes |= {f"{path}/{name}": missing for name in ("api", "web", "ghost", "both")}
    pod = named("api-1", metadata={"labels": {"app": "api"}}, spec={"nodeName": "node-1"})
    api.routes |= {
        f"{APPS}/deployments/api": answer(named("api", spec=template("api"))),
        f"{APPS}/deployments": items(named("api", spec=template("api")), named("web", spec=template("web"))),
        f"{SHOP}/services/api": answer(service("api", "api")),
        f"{SHOP}/services": items(service("api", "api"), service("web", "web")),
        f"{SHOP}/pods": items(pod),
        "/api/v1/nodes/node-1": answer(named("node-1", "")),
        "/api/v1/namespaces/shop": answer(named("shop", "", status={"phase": "Active"})),
        "/apis/apiregistration.k8s.io/v1/apiservices": items(named("v1.broken", "", spec={"group": "broken"})),
    }
    return api


def test_a_name_reads_what_hangs_together_with_it(shop: FakeApi, read: Read) -> None:
    """Given two applications, when one is asked for, then its deployment, service, pod and node are there alone."""
    snapshot = read("shop/api")

    assert [item.name for item in snapshot.deployments] == ["shop/api"]
    assert [item.name for item in snapshot.services] == ["shop/api"]
    assert [item.name for item in snapshot.pods] == ["shop/api-1"]
    assert [item.metadata.name for item in snapshot.nodes] == ["node-1"]
    assert snapshot.roots == (Subject("deployment", "shop/api"), Subject("service", "shop/api"))


def test_a_name_reads_no_list_of_the_whole_cluster_that_can_be_large(shop: FakeApi, read: Read) -> None:
    """Given a scope of one name, when read, then pods, events, services and nodes of the cluster are not listed."""
    read("shop/api")

    listed = {request.partition("?")[0] for request in shop.requests}
    assert not listed & {"/api/v1/pods", "/api/v1/events", "/api/v1/services", "/api/v1/nodes"}


def test_what_is_chosen_from_a_list_proves_no_absence(shop: FakeApi, read: Read) -> None:
    """Given a scope of one name, when read, then pods and services are not known to their end."""
    snapshot = read("shop/api")

    assert not snapshot.knows("pods")
    assert not snapshot.knows("services")


def test_an_api_that_has_nothing_to_do_with_it_is_left_out(shop: FakeApi, read: Read) -> None:
    """Given an API service of somebody else's, when one application or its namespace is asked for, then it is out."""
    assert read("shop/api").apiservices == ()
    assert read("shop").apiservices == ()
    assert len(read().apiservices) == 1


def test_an_unknown_name_is_told_with_the_nearest(shop: FakeApi, read: Read) -> None:
    """Given a name that nothing has, when read, then the error names what is like it."""
    with pytest.raises(UnknownScopeError, match="Nothing in namespace shop is named 'ghost'"):
        read("shop/ghost")


def test_two_workloads_of_one_name_are_ambiguous(shop: FakeApi, read: Read) -> None:
    """Given a Deployment and a StatefulSet of one name, when read, then the error gives the two ways to say which."""
    shop.routes[f"{APPS}/deployments/both"] = answer(named("both", spec=template("both")))
    shop.routes[f"{APPS}/statefulsets/both"] = answer(named("both", spec=template("both")))

    with pytest.raises(UnknownScopeError, match="is a deployment and a statefulset") as caught:
        read("shop/both")

    assert caught.value.nearest == ("shop/deployment/both", "shop/statefulset/both")
    assert read("shop/sts/both").roots == (Subject("statefulset", "shop/both"),)


@pytest.mark.parametrize("scope", ["a/b/c/d", "shop/secret/x"])
def test_a_scope_of_no_known_form(shop: FakeApi, read: Read, scope: str) -> None:
    """Given words that are no scope, when read, then the error says what one looks like."""
    with pytest.raises(UnknownScopeError, match=r"NAMESPACE/NAME|can be asked for"):
        read(scope)


def test_an_unknown_namespace_and_node(api: FakeApi, read: Read) -> None:
    """Given a namespace and a node that are not there, when read, then the nearest names are told."""
    api.routes["/api/v1/namespaces/shpo"] = refusal(404, "not found")
    api.routes["/api/v1/namespaces"] = items(named("shop", ""))
    api.routes["/api/v1/nodes/node-2"] = refusal(404, "not found")
    api.routes["/api/v1/nodes"] = items(named("node-1", ""))

    with pytest.raises(UnknownScopeError, match=r"no namespace 'shpo'\. Did you mean shop\?"):
        read("shpo")
    with pytest.raises(UnknownScopeError, match=r"no node 'node-2'\. Did you mean node-1\?"):
        read("node/node-2")
