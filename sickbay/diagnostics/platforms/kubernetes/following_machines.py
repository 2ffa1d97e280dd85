"""What changes between two looks at a node, and what befalls pods."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.events import Event, EventKind
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.changed_nodes import (
    CLOSED,
    cordoned,
    is_own,
    joined,
    of_node,
    tainted,
    turned,
)
from sickbay.diagnostics.platforms.kubernetes.following import Follower, source_of
from sickbay.diagnostics.platforms.kubernetes.snapshot import owner_of_pod
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Terminated
from sickbay.diagnostics.platforms.kubernetes.wire.watched import WatchedPod

_OUT_OF_MEMORY = "OOMKilled"


class Nodes(Follower[Node, Node]):
    """Nodes: how they fare, whether they are closed, what they run."""

    shape = Node

    def state(self, item: Node) -> Node:
        """Give what is remembered of it."""
        return item

    def made(self, item: Node) -> Iterator[Event]:
        """Yield that it is new."""
        yield joined(item)

    def changed(self, item: Node, before: Node, now: datetime) -> Iterator[Event]:
        """Yield what changed of it."""
        known = {one.type: one.status for one in before.status.conditions}
        for condition in item.status.conditions:
            if known.get(condition.type, condition.status) != condition.status:
                yield from turned(item, condition)
        name = item.metadata.name
        if item.spec.unschedulable and not before.spec.unschedulable:
            yield cordoned(item, now)
        elif before.spec.unschedulable and not item.spec.unschedulable:
            yield of_node(name, now, EventKind.NODE_CHANGED, CLOSED, before="true", after="false")
        had = {(one.key, one.value, one.effect) for one in before.spec.taints}
        for taint in item.spec.taints:
            if (taint.key, taint.value, taint.effect) not in had and not is_own(taint):
                yield tainted(item, taint, taint.time_added or now)
        was, runs = before.status.node_info, item.status.node_info
        for field, old, new in (
            ("kubeletVersion", was.kubelet_version, runs.kubelet_version),
            ("containerRuntimeVersion", was.container_runtime_version, runs.container_runtime_version),
            ("kernelVersion", was.kernel_version, runs.kernel_version),
        ):
            if old and old != new:
                yield of_node(name, now, EventKind.ENGINE, field, before=old, after=new)
        if was.boot_id and runs.boot_id and was.boot_id != runs.boot_id:
            yield of_node(name, now, EventKind.ENGINE, "reboot")

    def gone(self, subject: Subject, now: datetime) -> Iterator[Event]:
        """Yield that it is not there any more."""
        yield of_node(subject.name, now, EventKind.NODE_LOST, source=source_of(subject))


class Fared(Struct, frozen=True, gc=False):
    """How a pod fared: its phase, and how often each of its containers was restarted."""

    phase: str
    restarts: tuple[tuple[str, int], ...]


class Pods(Follower[WatchedPod, Fared]):
    """Pods, of which only what befalls them is told, under the name of their workload."""

    shape = WatchedPod

    def state(self, item: WatchedPod) -> Fared:
        """Give what is remembered of it."""
        return Fared(item.status.phase, tuple((one.name, one.restart_count) for one in _statuses(item)))

    def made(self, _item: WatchedPod) -> Iterator[Event]:
        """Yield nothing: workloads make pods all the time."""
        yield from ()

    def gone(self, _subject: Subject, _now: datetime) -> Iterator[Event]:
        """Yield nothing."""
        yield from ()

    def changed(self, item: WatchedPod, before: Fared, now: datetime) -> Iterator[Event]:
        """Yield what changed of it."""
        owner, restarts = str(owner_of_pod(item.metadata)), dict(before.restarts)
        source = f"watch of pod/{item.name}"
        for status in _statuses(item):
            end = status.last_state.terminated or Terminated()
            if status.restart_count > restarts.get(status.name, 0):
                killed = end.reason == _OUT_OF_MEMORY
                kind = EventKind.OUT_OF_MEMORY if killed else EventKind.DIED
                after = end.reason if killed else f"{end.reason or 'ended'}, exit code {end.exit_code}"
                yield Event(
                    at=end.finished_at or now, source=source, subject=owner, kind=kind, field=status.name, after=after
                )
        if item.status.phase == "Failed" and before.phase != "Failed":
            why = item.status.reason or "Failed"
            yield Event(at=now, source=source, subject=owner, kind=EventKind.DIED, field="phase", after=why)


def _statuses(item: WatchedPod) -> tuple[ContainerStatus, ...]:
    return item.status.init_container_statuses + item.status.container_statuses
