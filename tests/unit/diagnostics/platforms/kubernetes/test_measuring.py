"""What of a cluster is drawn over time."""

from sickbay.diagnostics.platforms.kubernetes.facts import Obstacle, Unreachable
from sickbay.diagnostics.platforms.kubernetes.measuring import figures
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import PodMetrics
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, container, make, meta, pod, status

PULLING = {"waiting": {"reason": "ImagePullBackOff", "message": "back-off"}}


def use(of: str, memory: str, name: str = "app") -> PodMetrics:
    return make(PodMetrics, {"metadata": meta(of), "containers": [{"name": name, "usage": {"memory": memory}}]})


def limited(name: str, memory: str) -> Pod:
    return pod(name, containers=[container(resources={"limits": {"memory": memory}})])


def test_restarts_and_failed_pulls_are_counted() -> None:
    """Given pods that restarted and one whose image cannot be had, then both are counted over the cluster."""
    restarted = [pod(f"api-{number}", statuses=[status(restartCount=number)]) for number in (2, 3)]
    waiting = pod("api-9", ready=False, statuses=[status(ready=False, state=PULLING)])

    assert figures(cluster(*restarted, waiting, pod("api-7"))) == {"restarts": 5.0, "pull_failures": 1.0}


def test_the_memory_share_is_that_of_the_container_nearest_to_its_limit() -> None:
    """Given two pods with limits and one without, then the fuller one's share is given."""
    snapshot = cluster(
        limited("api-1", "1Gi"), limited("api-2", "256Mi"), pod("api-3"),
        pod_metrics=(use("api-1", "512Mi"), use("api-2", "192Mi"), use("api-3", "4Gi"), use("gone", "1Gi")),
    )  # fmt: skip

    assert figures(snapshot)["memory_share"] == 0.75


def test_a_cluster_that_was_not_reached_has_no_figures() -> None:
    """Given a cluster that does not answer, then nothing is given: zeros would be a lie."""
    away = Unreachable(obstacle=Obstacle.REFUSED, message="connection refused")

    assert figures(cluster(unreachable=away)) == {}
    assert figures(cluster(complete=())) == {}
