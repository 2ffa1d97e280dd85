"""What the collector reads of a healthy cluster, through the unmodified SDK."""

from tests.unit.diagnostics.platforms.aks.arm import NETWORK, Arm, listed, usage
from tests.unit.diagnostics.platforms.aks.azure import PODS, SUBNET, pool_fields
from tests.unit.diagnostics.platforms.aks.conftest import Read


def test_a_healthy_cluster_is_read_whole(arm: Arm, read: Read) -> None:
    """Given a healthy cluster, when it is read, then all of Azure's side is there, without a gap."""
    snapshot = read()

    assert snapshot.cluster is not None
    assert [pool.name for pool in snapshot.pools] == ["system", "user"]
    (balancer,) = snapshot.snat
    assert (balancer.resource, balancer.used, balancer.allocated) == ("loadBalancers/kubernetes", 100, 1024)
    assert [gap.what for gap in snapshot.gaps] == ["the Kubernetes part of the cluster"]


def test_the_networks_of_nodes_and_of_pods_are_asked_for_their_free_addresses(arm: Arm, read: Read) -> None:
    """Given two pools of one network whose pods lie in another, when read, then each network is asked once."""
    other = PODS.replace("/shop-net/", "/pod-net/")
    arm.pools(pool_fields("one", podSubnetID=other), pool_fields("two", podSubnetID=other))
    arm.routes[f"{NETWORK.replace('/shop-net', '/pod-net')}/usages"] = listed(usage(other, "SubnetSpace", 200, 251))

    found = read().subnets

    assert {item.id: item.current_value for item in found} == {SUBNET: 40, other: 200}
    assert len([asked for asked in arm.requests if asked.path.endswith("/usages")]) == 2
