"""What of a cluster is drawn over time."""

from collections.abc import Iterator, Mapping

from sickbay.diagnostics.platforms.kubernetes.memory import limit_of
from sickbay.diagnostics.platforms.kubernetes.pulls import failed_pulls
from sickbay.diagnostics.platforms.kubernetes.quantities import amount
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


def figures(cluster: Snapshot) -> Mapping[str, float]:
    """Give how often kubelets restarted the containers that are there, the failed pulls, and the fullest memory limit.

    The share is that of the working set in the limit (0 to 1), of the container that is nearest to its own; left out
    where metrics are not served, or no container has a limit. Nothing is given of a cluster whose pods were not read.
    """
    if cluster.unreachable or not (cluster.pods or cluster.knows("pods")):
        return {}
    # Pods that were never unsteady have no restarts to count.
    restarts = sum(item.restart_count for pod in cluster.unsteady for item in cluster.container_statuses(pod))
    counted = {
        "restarts": float(restarts),
        "pull_failures": float(sum(1 for _ in failed_pulls(cluster))),
    }
    shares = tuple(_shares(cluster))
    return {**counted, "memory_share": round(max(shares), 4)} if shares else counted


def _shares(cluster: Snapshot) -> Iterator[float]:
    pods = {pod.name: pod for pod in cluster.pods} if cluster.pod_metrics else {}
    for metrics in cluster.pod_metrics:
        for used in metrics.containers if metrics.name in pods else ():
            limit, use = amount(limit_of(pods[metrics.name], used.name)), amount(used.usage.memory)
            if limit and use:
                yield float(use / limit)
