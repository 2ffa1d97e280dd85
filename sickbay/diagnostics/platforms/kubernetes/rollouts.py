"""Rollouts that stand still: a Deployment's newest revision, a StatefulSet's pod whose turn it is."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import described, stalled
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import Workload

_REPLICA_SET = re.compile(r'ReplicaSet "([^"]+)"')
_ORDINAL = re.compile(r"-(\d+)$")


class Stuck(Struct, frozen=True):
    """A Deployment past its progress deadline: the condition, the new pods that are not ready, the old that serve."""

    deployment: Workload
    condition: Condition
    unready: tuple[Pod, ...]
    serving: int

    @property
    def why(self) -> str:
        """Give what keeps the newest revision from being ready."""
        if self.unready:
            return f"pods of its newest revision are not ready: {described(self.unready)}"
        failure = _condition(self.deployment, "ReplicaFailure")
        return f"its new pods cannot be made ({failure.message.rstrip('.')})" if failure else "no new pod is there"


class Blocked(Struct, frozen=True):
    """A StatefulSet that waits for one of its pods, and what waits."""

    workload: Workload
    pod: Pod
    waiting: str


def stuck(cluster: Snapshot) -> Iterator[Stuck]:
    """Yield the Deployments past their deadline; what was changed since is given its time."""
    for deployment in cluster.deployments:
        condition = _condition(deployment, "Progressing")
        changed = deployment.status.observed_generation < deployment.metadata.generation
        if condition and condition.reason == "ProgressDeadlineExceeded" and not changed:
            pods = cluster.pods_by_owner.get(Subject("deployment", deployment.name), ())
            alive = [pod for pod in pods if not pod.finished and not pod.metadata.deletion_timestamp]
            newest = _newest(alive, condition)
            unready = tuple(pod for pod in alive if _maker(pod) == newest and not pod.ready)
            yield Stuck(deployment, condition, unready, sum(pod.ready for pod in alive if _maker(pod) != newest))


def blocked(cluster: Snapshot) -> Iterator[Blocked]:
    """Yield the StatefulSets whose other pods wait for the lowest that is not ready."""
    for workload in cluster.statefulsets:
        waiting = _waiting(workload)
        if waiting and workload.spec.pod_management_policy != "Parallel":
            pods = cluster.pods_by_owner.get(Subject("statefulset", workload.name), ())
            if unready := [pod for pod in pods if stalled(cluster, pod)]:
                yield Blocked(workload, min(unready, key=_ordinal), waiting)


def _condition(workload: Workload, kind: str) -> Condition | None:
    return next((item for item in workload.status.conditions if item.type == kind), None)


def _newest(pods: Sequence[Pod], condition: Condition) -> str:
    """Give the newest ReplicaSet: the one that the condition names, else that of the youngest pod."""
    if named := _REPLICA_SET.search(condition.message):
        return named[1]
    youngest = max(pods, key=lambda pod: pod.metadata.created_at, default=None)
    return _maker(youngest) if youngest else ""


def _maker(pod: Pod) -> str:
    return pod.metadata.controller.name if pod.metadata.controller else ""


def _waiting(workload: Workload) -> str:
    """Give what a StatefulSet still has to do, or nothing."""
    status = workload.status
    missing = workload.spec.replicas - status.replicas
    if missing > 0:
        return f"{missing} more pod{'s wait' if missing > 1 else ' waits'}"
    updating = status.update_revision and status.update_revision != status.current_revision
    return "the update waits" if updating and status.updated_replicas < workload.spec.replicas else ""


def _ordinal(pod: Pod) -> int:
    read = _ORDINAL.search(pod.metadata.name)
    return int(read[1]) if read else 0
