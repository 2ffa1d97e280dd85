"""Who owns a workload, by the labels of the tool that made it."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, labels_of, owner_of, remedy
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, deployment, pod

HELM = {"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "shop"}
FLUX = "toolkit.fluxcd.io"


@pytest.mark.parametrize(
    ("labels", "owner"),
    [
        (HELM, "Helm release shop"),
        ({"argocd.argoproj.io/instance": "shop"}, "Argo CD application shop"),
        ({f"kustomize.{FLUX}/name": "apps", f"kustomize.{FLUX}/namespace": "flux"}, "Flux Kustomization flux/apps"),
        ({f"helm.{FLUX}/name": "api", f"helm.{FLUX}/namespace": "shop", **HELM}, "Flux HelmRelease shop/api"),
        ({"app": "api"}, None),
    ],
)
def test_each_tool_is_known_by_its_labels(labels: dict[str, str], owner: str | None) -> None:
    """Given a tool's labels, when asked, then the tool and its unit are named; without them nothing is."""
    assert owner_of(labels) == owner


def test_the_labels_are_the_workloads_own() -> None:
    """Given a deployment that Helm made, when its remedy is given, then the release is its owner."""
    snapshot = cluster(deployment(labels=HELM), pod())

    assert remedy(snapshot, Subject("deployment", "shop/api"), "Mend it.").owner == "Helm release shop"


def test_a_workload_that_was_not_read_is_known_by_its_pods() -> None:
    """Given a deployment that was not read, when asked for its labels, then they are those of its pods."""
    assert labels_of(cluster(pod()), Subject("deployment", "shop/api"))["app"] == "api"


def test_what_is_nowhere_has_no_labels() -> None:
    """Given a subject of which nothing was read, when asked for its labels, then there are none."""
    assert labels_of(cluster(), Subject("deployment", "shop/other")) == {}


def test_a_command_names_the_namespace_where_there_is_one() -> None:
    """Given a pod and a node, when their commands are given, then only the pod's names a namespace."""
    assert kubectl("describe", Subject("pod", "shop/api")) == "kubectl describe pod/api -n shop"
    assert kubectl("describe", Subject("node", "node-1")) == "kubectl describe node/node-1"
