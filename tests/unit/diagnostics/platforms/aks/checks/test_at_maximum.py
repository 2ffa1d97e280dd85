"""AKS-110: node pools at their maximum."""

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.aks.checks.at_maximum import at_maximum
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool
from tests.unit.diagnostics.platforms.aks.azure import aks, findings, pool, waiting
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster

AT_MOST = pool(enableAutoScaling=True, minCount=1, maxCount=3)


def test_a_pool_at_its_maximum_is_told_while_pods_wait() -> None:
    """Given a pool with all the nodes that it may have and a pod that waits, when judged, then both are told."""
    (found,) = findings(at_maximum, aks(pools=[AT_MOST], kubernetes=cluster(waiting())))

    assert (found.subject, found.confidence) == (Subject("nodepool", "user"), Confidence.INFERRED)
    assert found.summary == (
        "Node pool user has all of the 3 nodes that its autoscaler may add, while 1 pod finds no node, first "
        "shop/api-7d4b9c-x1."
    )


@pytest.mark.parametrize("other", [pool(), pool(enableAutoScaling=True, maxCount=5), pool(maxCount=3)])
def test_a_pool_that_may_grow_or_does_not_scale_itself_is_none(other: AgentPool) -> None:
    """Given a pool that may grow, or one without an autoscaler, when a pod waits, then nothing is found."""
    assert findings(at_maximum, aks(pools=[other], kubernetes=cluster(waiting()))) == []


def test_a_full_pool_without_waiting_pods_is_as_it_should_be() -> None:
    """Given a pool at its maximum, when no pod waits or Kubernetes was not read, then nothing is found."""
    assert findings(at_maximum, aks(pools=[AT_MOST], kubernetes=cluster())) == []
    assert findings(at_maximum, aks(pools=[AT_MOST])) == []
