"""Pods that the kubelet evicted: when, and for want of what."""

from collections.abc import Iterator
from datetime import datetime

from sickbay.diagnostics.platforms.kubernetes.messages import Form
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.base import NEVER
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: What the messages say; the first that fits. A pod's own limit comes before the node's want.
FORMS = (
    Form(
        r"Usage of EmptyDir volume \"([^\"]+)\" exceeds the limit \"([^\"]+)\"",
        "its emptyDir {0} grew over its limit of {1}",
        "Raise the sizeLimit of {0}, or let the application clean up in it.",
    ),
    Form(
        r"(?:local ephemeral storage (?:usage exceeds|limit)|ephemeral local storage usage exceeds)"
        r"[^\"\d]*\"?(\d[\w.]*\w)",
        "it wrote more to the node's disk than its ephemeral-storage limit {0}",
        "Raise its limit of ephemeral-storage, write to a volume, or write less: logs and temporary files count.",
    ),
    Form(
        r"low on resource: memory",
        "its node ran short of memory",
        "Give it a memory request near to what it uses: pods above their request are evicted first.",
    ),
    Form(
        r"low on resource: (?:ephemeral-storage|nodefs|imagefs)|DiskPressure",
        "its node ran short of disk",
        "Free the node's disk; give pods that write much a request and limit of ephemeral-storage.",
    ),
    Form(
        r"low on resource: inodes",
        "its node ran out of inodes",
        "Find what makes so many small files on the node, and remove them.",
    ),
    Form(
        r"low on resource: pids|PIDPressure",
        "its node ran out of process ids",
        "Find which pod starts so many processes.",
    ),
    Form(
        r"MemoryPressure",
        "its node was short of memory",
        "Free memory on the node; give the pod a memory request and limit.",
    ),
)
OTHERWISE = ("for the reason in the evidence", "Give it requests near to what it uses: pods above theirs go first.")


def evicted_pods(cluster: Snapshot) -> Iterator[tuple[Pod, datetime]]:
    """Yield the pods evicted within the window, and when: by event, by what changed last, or by its start."""
    for pod in cluster.unsteady:
        if pod.status.phase == "Failed" and pod.status.reason == "Evicted":
            events = cluster.events_of("Pod", pod.name, "Evicted")
            changed = [item.last_transition_time or NEVER for item in pod.status.conditions]
            moment = events[-1].last_seen if events else max([pod.status.start_time or NEVER, *changed])
            if moment >= cluster.window_start:
                yield pod, moment
