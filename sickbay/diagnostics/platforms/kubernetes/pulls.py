"""Pods whose images cannot be had, and what the last attempt said."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.grouping import containers
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.pulls import PullFault, fault_of

_REASONS = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError",
                      "RegistryUnavailable"})  # fmt: skip


class Pull(Struct, frozen=True, kw_only=True):
    """A failed pull: for which container, with which reason, and what the kubelet was told at the last attempt."""

    container: str
    image: str
    reason: str
    message: str
    event: Event | None

    @property
    def fault(self) -> PullFault | None:
        """Give the class of the fault, where the message tells it."""
        return fault_of(self.message)


def failed_pulls(cluster: Snapshot) -> Iterator[tuple[Pod, Pull]]:
    """Yield the failed pulls. While a pod backs off its status says only that; the event `Failed` keeps the error."""
    for pod, status in containers(cluster):
        waiting = status.state.waiting
        if waiting is None or waiting.reason not in _REASONS:
            continue
        told = [event for event in cluster.events_of("Pod", pod.name, "Failed") if status.image in event.message]
        event = told[-1] if told else None
        message = event.message if event and waiting.reason == "ImagePullBackOff" else waiting.message
        yield pod, Pull(container=status.name, image=status.image, reason=waiting.reason, message=message, event=event)
