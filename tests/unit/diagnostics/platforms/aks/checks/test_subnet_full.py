"""AKS-107: subnets without addresses."""

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.aks.checks.subnet_full import subnet_full
from sickbay.diagnostics.platforms.aks.wire.base import Usage
from tests.unit.diagnostics.platforms.aks.azure import (
    PODS,
    SUBNET,
    aks,
    error,
    findings,
    managed,
    node,
    pool,
    waiting,
    without_a_network,
)
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster

FULL = error("SubnetIsFull", "nodes with address prefix 10.1.0.0/24 doesn't have enough capacity for IP addresses.")
RESERVING = managed(networkProfile={"networkPlugin": "azure", "outboundType": "loadBalancer"})
THE_SUBNET = Subject("subnet", "shop-net/nodes")


def used(count: int) -> tuple[Usage, ...]:
    return (Usage(id=SUBNET.upper(), current_value=count, limit=251),)


def test_azures_word_names_the_subnet_and_its_room() -> None:
    """Given two pools of a full subnet, when judged, then the subnet is told once, with its room and a node's need."""
    ill = [pool(name, provisioningState="Failed", status=FULL) for name in ("user", "more")]

    (found,) = findings(subnet_full, aks(cluster=RESERVING, pools=ill, subnets=used(240)))

    assert (found.subject, found.confidence) == (THE_SUBNET, Confidence.OBSERVED)
    assert found.summary == (
        "Node pool user cannot get more nodes: subnet shop-net/nodes is full (11 of 251 addresses free, a node takes "
        "31)."
    )
    assert [item.value for item in found.evidence][1:] == ["240 of 251"]


def test_no_room_while_pods_wait_is_inferred() -> None:
    """Given a pod that waits and less room than a node takes, when judged, then the subnet is told as inferred."""
    (found,) = findings(subnet_full, aks(cluster=RESERVING, subnets=used(240), kubernetes=cluster(waiting())))

    assert (found.subject, found.confidence) == (THE_SUBNET, Confidence.INFERRED)
    assert found.summary.endswith(", while pod shop/api-7d4b9c-x1 finds no node.")
    assert found.remedy is not None
    assert "lower its maximum of pods" in found.remedy.text


def test_with_overlay_a_node_takes_one_address() -> None:
    """Given Azure CNI Overlay and eleven addresses, when a pod waits, then that is room enough."""
    assert findings(subnet_full, aks(subnets=used(240), kubernetes=cluster(waiting()))) == []


def test_where_pods_take_no_addresses_fewer_of_them_are_no_cure() -> None:
    """Given a full subnet under Azure CNI Overlay, when judged, then only a larger subnet is told as the cure."""
    ill = pool(provisioningState="Failed", status=FULL)

    (found,) = findings(subnet_full, aks(pools=[ill], subnets=used(251)))

    assert found.remedy is not None
    assert found.remedy.text == "Add a pool in a larger subnet; the surge nodes of an upgrade need addresses too."


def test_a_subnet_of_pods_that_is_full_is_inferred() -> None:
    """Given a pod without a network, and a pod subnet that no batch is left in, when judged, then that one is told."""
    own = pool(podSubnetID=PODS)
    use = (Usage(id=PODS, current_value=240, limit=251), Usage(id=SUBNET, current_value=9, limit=251))

    (found,) = findings(subnet_full, aks(pools=[own], subnets=use, kubernetes=cluster(node(), *without_a_network())))

    assert (found.subject, found.confidence) == (Subject("subnet", "shop-net/pods"), Confidence.INFERRED)
    assert found.summary == (
        "Node pool user seems unable to get addresses for its pods: subnet shop-net/pods is full (11 of 251 addresses "
        "free, nodes take 16 at a time)."
    )
    assert found.remedy is not None
    assert "a larger pod subnet" in found.remedy.text


@pytest.mark.parametrize(("current", "of", "own"), [(235, "user", PODS), (251, "other", PODS), (251, "user", None)])
def test_room_enough_or_nodes_of_another_pool_are_none(current: int, of: str, own: str | None) -> None:
    """Given a batch that is left, a pod on another pool's node, or pods without a subnet, then nothing is found."""
    use = (Usage(id=PODS, current_value=current, limit=251),)
    pools = [pool(podSubnetID=own or "")]

    assert (
        findings(subnet_full, aks(pools=pools, subnets=use, kubernetes=cluster(node(of=of), *without_a_network())))
        == []
    )


def test_a_tight_subnet_alone_is_no_incident() -> None:
    """Given little room and no pod that waits, when judged, then nothing is found."""
    assert findings(subnet_full, aks(cluster=RESERVING, subnets=used(240), kubernetes=cluster())) == []


def test_a_cluster_that_never_came_to_be_is_told_itself() -> None:
    """Given the error at the cluster alone, when judged, then the cluster is told."""
    failed = managed(provisioningState="Failed", status=error("InsufficientSubnetSize", "Pre-allocated IPs 93"))

    (found,) = findings(subnet_full, aks(cluster=failed))

    assert found.subject == Subject("cluster", "prod")
