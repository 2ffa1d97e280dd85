"""What a node-problem-detector reports of a node: conditions that stand, and events of what happened."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node

#: Conditions and events of node-problem-detector's shipped monitors and of AKS's, and what each says.
_CONDITIONS: Mapping[str, str] = {
    "KernelDeadlock": "its kernel is deadlocked",
    "ReadonlyFilesystem": "a file system of it has become read-only",
    "XfsShutdown": "an XFS file system of it was shut down",
    "CperHardwareErrorFatal": "its hardware reported a fatal error",
    "CorruptDockerOverlay2": "Docker's image store on it is corrupt",
    "KubeletUnhealthy": "its kubelet does not answer its health check",
    "ContainerRuntimeUnhealthy": "its container runtime does not answer its health check",
    "FilesystemCorruptionProblem": "a file system of it is corrupt",
    "KubeletProblem": "its kubelet does not answer its health check",
    "ContainerRuntimeProblem": "its container runtime does not answer its health check",
    "FrequentKubeletRestart": "its kubelet restarts often",
    "FrequentDockerRestart": "Docker restarts often on it",
    "FrequentContainerdRestart": "containerd restarts often on it",
    "FrequentUnregisterNetDevice": "its kernel cannot let go of network devices",
}
_EVENTS: Mapping[str, str] = {
    "OOMKilling": "its kernel killed processes because the whole node's memory was used up",
    "TaskHung": "tasks of its kernel hang",
    "KernelOops": "its kernel failed (oops)",
    "Ext4Error": "an ext4 file system of it has errors",
    "IOError": "a disk of it has errors",
    "MemoryReadError": "its memory has errors",
    "UnregisterNetDevice": "its kernel cannot let go of a network device",
    "DockerHung": "Docker hangs on it",
}
#: A container that was killed at its own limit is no fault of the node: that is K8S-P102.
_OWN_LIMIT = "Memory cgroup"


class Report(Struct, frozen=True):
    """What was detected of one node: its conditions, and the latest event of each kind."""

    node: Node
    conditions: Sequence[Condition]
    events: Sequence[Event]

    @property
    def words(self) -> str:
        """Give what is wrong with the node."""
        told = [_CONDITIONS[item.type] for item in self.conditions] + [_EVENTS[event.reason] for event in self.events]
        return ", and ".join(told)


def reports(cluster: Snapshot) -> Iterator[Report]:
    """Yield the nodes of which something was detected."""
    for node in cluster.nodes:
        conditions = [item for item in node.status.conditions if item.type in _CONDITIONS and item.status == "True"]
        seen = cluster.events_of("Node", node.name, *_EVENTS)
        events = {event.reason: event for event in seen if not event.message.startswith(_OWN_LIMIT)}
        if conditions or events:
            yield Report(node, conditions, tuple(events.values()))
