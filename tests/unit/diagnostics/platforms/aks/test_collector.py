"""What the collector reads of a healthy cluster, through the unmodified SDK."""

from tests.unit.diagnostics.platforms.aks.arm import Arm
from tests.unit.diagnostics.platforms.aks.conftest import Read


def test_a_healthy_cluster_is_read_whole(arm: Arm, read: Read) -> None:
    """Given a healthy cluster, when it is read, then all of Azure's side is there, without a gap."""
    snapshot = read()

    assert snapshot.cluster is not None
    assert [pool.name for pool in snapshot.pools] == ["system", "user"]
    (balancer,) = snapshot.snat
    assert (balancer.resource, balancer.used, balancer.allocated) == ("loadBalancers/kubernetes", 100, 1024)
    assert [gap.what for gap in snapshot.gaps] == ["the Kubernetes part of the cluster"]
