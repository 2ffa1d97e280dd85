"""A node-problem-detector reports trouble."""

from collections.abc import Iterator, Sequence

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node

#: Conditions and events of node-problem-detector's shipped monitors and of AKS's, and what each says.
_CONDITIONS = {
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
_EVENTS = {
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


@check(
    "K8S-N107",
    title="Node problem detected",
    severity=Severity.HIGH,
    remedy="Drain the node and replace it, or reboot it and watch whether the problem returns.",
    explains=("K8S-N101",),
)
def node_problem(cluster: Snapshot) -> Iterator[Finding]:
    """The node-problem-detector has seen a fault of the node's kernel, disks, hardware or container runtime.

    Recognised by the conditions and events of its shipped monitors, and of those that AKS runs. An OOM kill at a
    container's own limit is left to K8S-P102.
    """
    for node in cluster.nodes:
        conditions = [item for item in node.status.conditions if item.type in _CONDITIONS and item.status == "True"]
        events = _events(cluster, node)
        if not conditions and not events:
            continue
        told = [_CONDITIONS[item.type] for item in conditions] + [_EVENTS[event.reason] for event in events]
        subject = Subject("node", node.name)
        yield Finding(
            subject=subject,
            summary=f"Node {node.name} is faulty: {', and '.join(told)}.",
            evidence=(
                *(
                    cluster.evidence("nodes", node, f"status.conditions[{item.type}]", f"{item.reason}: {item.message}")
                    for item in conditions
                ),
                *(cluster.event_evidence(event) for event in events),
            ),
            remedy=remedy(
                cluster,
                subject,
                "Drain the node and replace it, or reboot it and watch whether the problem returns.",
                f"kubectl drain {node.name} --ignore-daemonsets",
            ),
            first_seen=min(
                (item.last_transition_time for item in conditions if item.last_transition_time), default=None
            ),
            last_seen=events[-1].last_seen if events and not conditions else None,
            count=sum(event.count for event in events) or 1,
        )


def _events(cluster: Snapshot, node: Node) -> Sequence[Event]:
    """Give the latest event of each kind."""
    seen = cluster.events_of("Node", node.name, *_EVENTS)
    return tuple({event.reason: event for event in seen if not event.message.startswith(_OWN_LIMIT)}.values())
