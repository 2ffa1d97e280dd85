"""What each subject depends on: Kubernetes' own graph, and the Azure side beneath it."""

import pytest

from sickbay.diagnostics.catalogue import checks_of, load_checks
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.model import Subject
from tests.unit.diagnostics.platforms.aks.azure import aks, node, pool, waiting
from tests.unit.diagnostics.platforms.kubernetes.clusters import budget, cluster, pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import node as any_node

NODE = "aks-user-1-vmss000000"
CLUSTER, USER, OTHER = Subject("cluster", "prod"), Subject("nodepool", "user"), Subject("nodepool", "other")
SUBNET = Subject("subnet", "shop-net/nodes")
API = Subject("deployment", "shop/api")


def test_a_node_depends_on_its_pool_alone() -> None:
    """Given two pools, when a node's dependencies are asked for, then its own pool, subnet and cluster are there."""
    graph = aks(pools=[pool(), pool("other", vnetSubnetID="")], kubernetes=cluster(node())).upstream()

    assert graph[Subject("node", NODE)] >= {CLUSTER, USER, SUBNET}
    assert OTHER not in graph[Subject("node", NODE)]


def test_a_node_without_labels_is_known_by_its_scale_set() -> None:
    """Given a node whose provider id alone tells, when asked, then it depends on the pool of its scale set."""
    graph = aks(kubernetes=cluster(node(of=""))).upstream()

    assert USER in graph[Subject("node", NODE)]


def test_a_node_of_no_pool_depends_on_none() -> None:
    """Given a node that says nothing of a pool, when asked, then it depends on no pool."""
    graph = aks(kubernetes=cluster(any_node("stray"))).upstream()

    assert USER not in graph[Subject("node", "stray")]


def test_a_workload_depends_on_the_pools_of_its_nodes() -> None:
    """Given a pod that runs on a node, when its workload is asked for, then that node's pool is there alone."""
    graph = aks(pools=[pool(), pool("other")], kubernetes=cluster(node(), pod(node=NODE))).upstream()

    assert USER in graph[API]
    assert OTHER not in graph[API]


def test_a_workload_that_waits_depends_on_all_pools() -> None:
    """Given a pod without a node, when its workload is asked for, then every pool could be why."""
    graph = aks(pools=[pool(), pool("other")], kubernetes=cluster(node(), waiting())).upstream()

    assert graph[API] >= {USER, OTHER, CLUSTER}


def test_a_pool_depends_on_the_budgets_that_hold_up_its_nodes() -> None:
    """Given a cordoned node and a tight budget, when the pool is asked for, then the budget is there; not elsewhere."""
    tight = budget(disruptionsAllowed=0, currentHealthy=1, desiredHealthy=1, expectedPods=1)
    held = cluster(node(spec={"unschedulable": True}), pod(node=NODE), tight)
    graph = aks(pools=[pool(), pool("other")], kubernetes=held).upstream()

    assert Subject("poddisruptionbudget", "shop/api") in graph[USER]
    assert Subject("poddisruptionbudget", "shop/api") in graph[CLUSTER]
    assert Subject("poddisruptionbudget", "shop/api") not in graph[OTHER]


def test_a_registry_depends_on_the_clusters_way_out() -> None:
    """Given a registry that another target tells of, when it is asked for, then the cluster's way out may be why."""
    assert CLUSTER in aks(kubernetes=cluster(node())).upstream()[Subject("registry", "ghcr.io")]


@pytest.mark.parametrize("made", [*checks_of("aks"), load_checks()["K8S-W107"]], ids=lambda made: made.code)
def test_what_a_check_explains_is_there_to_be_explained(made: Check[object]) -> None:
    """Given a check, then each code that it explains is there: a slip of the pen would fold nothing."""
    assert [symptom for symptom in made.explains if symptom not in load_checks()] == []


def test_without_kubernetes_the_azure_side_hangs_together() -> None:
    """Given no Kubernetes part, when cluster and pool are asked for, then each has the other beneath it."""
    graph = aks().upstream()

    assert graph[CLUSTER] == {USER, SUBNET}
    assert graph[USER] == {CLUSTER, SUBNET}
