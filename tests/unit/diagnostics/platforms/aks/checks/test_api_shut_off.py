"""AKS-108: API servers that let only some networks in."""

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.aks.checks.api_shut_off import api_shut_off
from sickbay.diagnostics.platforms.kubernetes.snapshot import Obstacle, Snapshot, Unreachable
from tests.unit.diagnostics.platforms.aks.azure import aks, findings, managed
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster

PRIVATE = managed(apiServerAccessProfile={"enablePrivateCluster": True})


def silent(obstacle: Obstacle = Obstacle.TIMEOUT) -> Snapshot:
    return replace(cluster(), unreachable=Unreachable(obstacle=obstacle, message=str(obstacle)))


def test_a_private_cluster_shuts_a_worker_outside_off() -> None:
    """Given a private cluster whose API server does not answer, when judged, then that is told as inferred."""
    (found,) = findings(api_shut_off, aks(cluster=PRIVATE, kubernetes=silent()))

    assert found.confidence is Confidence.INFERRED
    assert "(no answer in time), and the cluster is private: the worker seems to stand outside" in found.summary


def test_authorised_ranges_are_named() -> None:
    """Given authorised ranges, when the API server does not answer, then they are named."""
    fenced = managed(apiServerAccessProfile={"authorizedIPRanges": ["203.0.113.0/24"]})

    (found,) = findings(api_shut_off, aks(cluster=fenced, kubernetes=silent()))

    assert "it lets only 203.0.113.0/24 in" in found.summary


@pytest.mark.parametrize("obstacle", [Obstacle.UNAUTHORIZED, Obstacle.TLS, Obstacle.KUBECONFIG])
def test_other_obstacles_are_no_wall(obstacle: Obstacle) -> None:
    """Given an obstacle that is not the network's, when judged, then nothing is found."""
    assert findings(api_shut_off, aks(cluster=PRIVATE, kubernetes=silent(obstacle))) == []


def test_an_open_or_stopped_cluster_is_left_to_others() -> None:
    """Given an API server open to all, a stopped cluster, or one that answers, when judged, then nothing is found."""
    asleep = managed(apiServerAccessProfile={"enablePrivateCluster": True}, powerState={"code": "Stopped"})

    assert findings(api_shut_off, aks(kubernetes=silent())) == []
    assert findings(api_shut_off, aks(cluster=asleep, kubernetes=silent())) == []
    assert findings(api_shut_off, aks(cluster=PRIVATE, kubernetes=cluster())) == []
    assert findings(api_shut_off, aks(cluster=PRIVATE)) == []
