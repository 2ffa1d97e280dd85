"""Twenty replicas with one fault are one finding: faults of containers and pods, gathered by workload."""

from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.base import NEVER
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

#: Pods of one workload whose evidence is shown.
SHOWN = 3
#: Why a container waits that the kubelet has not tried to make yet.
_CREATING = frozenset({"", "ContainerCreating", "PodInitializing"})
#: Seconds in which a new pod may still find its place, its volumes and its network: transient errors end within it.
GRACE = 60.0


class Group(Struct, Generic[K, T], frozen=True):
    """The pods of one workload that have the same fault.

    `key` tells faults of one workload apart; `others` are the keys of its rarer faults, which are told with this one:
    a report has one finding of a check a subject.
    """

    subject: Subject
    key: K
    members: tuple[tuple[Pod, T], ...]
    siblings: int
    others: tuple[K, ...] = ()

    @property
    def first(self) -> tuple[Pod, T]:
        """Give the pod to show, and its fault."""
        return self.members[0]

    @property
    def pods(self) -> tuple[Pod, ...]:
        """Give the pods."""
        return tuple(pod for pod, _ in self.members)

    @property
    def begun(self) -> datetime | None:
        """Give when the first of the pods started."""
        return min((pod.status.start_time for pod in self.pods if pod.status.start_time), default=None)

    @property
    def shown(self) -> tuple[tuple[Pod, T], ...]:
        """Give the few whose evidence is shown."""
        return self.members[:SHOWN]

    @property
    def share(self) -> str:
        """Give `2 of 3 pods of deployment shop/api`, or the pod itself where it stands alone."""
        if self.subject.kind == "pod":
            return f"pod {self.subject.name}"
        pods = "pod" if self.siblings == 1 else "pods"
        return f"{len(self.members)} of {self.siblings} {pods} of {self.subject.kind} {self.subject.name}"

    @property
    def some(self) -> str:
        """Give `2 pods of deployment shop/api`, of which it does not matter how many there are, or the pod itself."""
        if self.subject.kind == "pod":
            return f"pod {self.subject.name}"
        pods = "pod" if len(self.members) == 1 else "pods"
        return f"{len(self.members)} {pods} of {self.subject.kind} {self.subject.name}"

    @property
    def also(self) -> str:
        """Give a sentence, after a space, that names the keys of the workload's rarer faults; else nothing."""
        return f" The same check fails for {', '.join(map(str, self.others))} too." if self.others else ""


def by_workload(cluster: Snapshot, faults: Iterable[tuple[Pod, K, T]]) -> Iterator[Group[K, T]]:
    """Yield one group for each workload, of the fault that most of its pods have, in the order in which they came."""
    workloads: dict[Subject, dict[K, list[tuple[Pod, T]]]] = {}
    for pod, key, fault in faults:
        workloads.setdefault(cluster.owner(pod), {}).setdefault(key, []).append((pod, fault))
    for subject, by_key in workloads.items():
        most = max(by_key, key=lambda key: len(by_key[key]))
        members = tuple(by_key[most])
        failing = {pod.name for pod, _ in members}
        alive = sum(there(pod) or pod.name in failing for pod in cluster.pods_by_owner.get(subject, ()))
        yield Group(subject, most, members, alive, tuple(key for key in by_key if key != most))


def there(pod: Pod) -> bool:
    """Say whether a pod is meant to run: it has neither ended for good nor is it being deleted."""
    return pod.alive


def containers(cluster: Snapshot) -> Iterator[tuple[Pod, ContainerStatus]]:
    """Give the containers of the pods that are meant to run, but for those of pods that have run well all along."""
    return iter(cluster.unsteady_containers)


def settled(cluster: Snapshot, pod: Pod) -> bool:
    """Say whether a pod is meant to run and is past its grace."""
    return there(pod) and since(pod.metadata.creation_timestamp, cluster.now) >= GRACE


def unstarted(cluster: Snapshot) -> Iterator[Pod]:
    """Yield the pods that have a node, are past their grace, and wait for network and volumes.

    They may have run before, until their node was restarted.
    """
    for pod in cluster.unsteady:
        if pod.spec.node_name and not _begun(cluster, pod) and settled(cluster, pod):
            yield pod


def _begun(cluster: Snapshot, pod: Pod) -> bool:
    for status in cluster.container_statuses(pod):
        state = status.state
        if state.running or (state.waiting and state.waiting.reason not in _CREATING):
            return True
    return False


def last_end(pod: Pod) -> datetime:
    """Give when a container of the pod ended last, or when the pod was made."""
    ends = (status.state.terminated for status in pod.status.container_statuses)
    return max([pod.metadata.created_at, *(end.finished_at or NEVER for end in ends if end)])


def container_evidence(cluster: Snapshot, pod: Pod, container: str, field: str, value: object) -> Evidence:
    """Give a field of a container's status as evidence."""
    init = any(status.name == container for status in pod.status.init_container_statuses)
    statuses = "initContainerStatuses" if init else "containerStatuses"
    return cluster.evidence("pods", pod, f"status.{statuses}[{container}].{field}", value)
