"""AKS-102: what is stopped."""

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.aks.checks.stopped import stopped
from tests.unit.diagnostics.platforms.aks.azure import aks, findings, managed, pool, waiting
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster


def test_a_stopped_cluster_is_told_with_how_to_start_it() -> None:
    """Given a cluster that is stopped, when judged, then that is told once, and how it is started."""
    (found,) = findings(stopped, aks(cluster=managed(powerState={"code": "Stopped"})))

    assert found.subject == Subject("cluster", "prod")
    assert found.remedy is not None
    assert found.remedy.command == "az aks start --resource-group shop --name prod"


def test_a_stopped_pool_counts_while_pods_wait() -> None:
    """Given a stopped pool and a pod without a node, when judged, then the pool is told, as inferred."""
    idle = pool("batch", powerState={"code": "Stopped"})

    (found,) = findings(stopped, aks(pools=[pool(), idle], kubernetes=cluster(waiting())))

    assert (found.subject, found.confidence) == (Subject("nodepool", "batch"), Confidence.INFERRED)


def test_a_stopped_pool_that_nobody_needs_is_as_it_should_be() -> None:
    """Given a stopped pool and no pod that waits, when judged, then nothing is found."""
    assert findings(stopped, aks(pools=[pool(powerState={"code": "Stopped"})], kubernetes=cluster())) == []
