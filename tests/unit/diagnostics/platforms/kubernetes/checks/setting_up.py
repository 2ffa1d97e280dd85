"""Pods that have a node and no running container yet."""

from typing import Any

from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, pod, status

CREATING = {"waiting": {"reason": "ContainerCreating"}}


def creating(name: str = "api-7d4b9c-x1", *, age: float = 5, state: dict[str, Any] = CREATING, **metadata: Any) -> Pod:
    """Give a pod of the deployment whose container is being made, so many minutes old."""
    about = {"creationTimestamp": ago(minutes=age), **metadata}
    return pod(name, ready=False, phase="Pending", metadata=about, statuses=[status(ready=False, state=state)])
