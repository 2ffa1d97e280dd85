"""Twenty replicas with one fault are one finding: faults of containers and pods, gathered by workload."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

#: Pods of one workload whose evidence is shown.
SHOWN = 3


class Group(Struct, Generic[K, T], frozen=True):
    """The pods of one workload that have the same fault; `key` tells faults of one workload apart."""

    subject: Subject
    key: K
    members: tuple[tuple[Pod, T], ...]
    siblings: int

    @property
    def first(self) -> tuple[Pod, T]:
        """Give the pod to show, and its fault."""
        return self.members[0]

    @property
    def pods(self) -> tuple[Pod, ...]:
        """Give the pods."""
        return tuple(pod for pod, _ in self.members)

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


def by_workload(cluster: Snapshot, faults: Iterable[tuple[Pod, K, T]]) -> Iterator[Group[K, T]]:
    """Yield the faults gathered by workload and key, in the order in which they came."""
    groups: dict[tuple[Subject, K], list[tuple[Pod, T]]] = {}
    for pod, key, fault in faults:
        groups.setdefault((cluster.owner(pod), key), []).append((pod, fault))
    for (subject, key), members in groups.items():
        yield Group(subject, key, tuple(members), len(cluster.pods_by_owner.get(subject, members)))


def containers(cluster: Snapshot) -> Iterator[tuple[Pod, ContainerStatus]]:
    """Yield every container of the pods that have not ended for good."""
    for pod in cluster.pods:
        if not pod.finished:
            for status in cluster.container_statuses(pod):
                yield pod, status
