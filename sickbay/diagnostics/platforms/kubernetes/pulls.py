"""Pods whose images cannot be had, what the last attempt said, and what to do about it."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.grouping import containers
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.pulls import PullFault, fault_of

_REASONS = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError",
                      "RegistryUnavailable", "SignatureValidationFailed"})  # fmt: skip

CURES = {
    PullFault.NO_SPACE: "Free space on the node; the kubelet removes unused images only above its threshold.",
    PullFault.RATE_LIMIT: "Give the pods credentials for it (imagePullSecrets), use a mirror, or wait.",
    PullFault.PLATFORM: "Build and push the image for the node's architecture too, or select nodes it was built for.",
    PullFault.NO_TAG: "Correct the image's name or tag, or push the image under it.",
    PullFault.DENIED: "Give the pod credentials (imagePullSecrets) that may read it; a wrong name looks the same.",
    PullFault.TLS: "Give the nodes the registry's CA, or correct the registry's certificate.",
    PullFault.UNREACHED: "Check the registry's name, and DNS, proxy and firewall between the nodes and it.",
    PullFault.FAILING: "Look at the registry and what stands before it; the kubelet tries again by itself.",
    PullFault.SHORT_NAME: "Give the image's full name, with its registry.",
    PullFault.NOT_LOCAL: "Load the image onto the node, or let the kubelet pull it (imagePullPolicy).",
}
_OF_REASON = {
    "InvalidImageName": ("that is no valid name", "Correct the image's name: lower case, one tag or digest."),
    "ErrImageNeverPull": ("it is not on the node and may not be pulled", CURES[PullFault.NOT_LOCAL]),
    "SignatureValidationFailed": ("its signature is not accepted", "Sign the image, or correct the node's policy."),
}


class Pull(Struct, frozen=True, kw_only=True):
    """A failed pull: for which container, what its status says, and the event of the last attempt.

    While a pod backs off, its status may say only that; the event keeps the error.
    """

    container: str
    image: str
    reason: str
    message: str
    event: Event | None

    @property
    def fault(self) -> PullFault | None:
        """Give the class of the fault, where the status or the event tells it."""
        return fault_of(f"{self.reason}: {self.message}") or (fault_of(self.event.message) if self.event else None)

    @property
    def explained(self) -> tuple[str, str]:
        """Give why the image cannot be had, and what to do."""
        if self.reason in _OF_REASON:
            return _OF_REASON[self.reason]
        if fault := self.fault:
            return str(fault), CURES[fault]
        return "for the reason in the evidence", "Read what the registry answered, and correct the name or the access."


def failed_pulls(cluster: Snapshot) -> Iterator[tuple[Pod, Pull]]:
    """Yield the failed pulls."""
    for pod, status in containers(cluster):
        waiting = status.state.waiting
        if waiting is None or waiting.reason not in _REASONS:
            continue
        attempts = cluster.events_of("Pod", pod.name, "Failed")
        event = next((item for item in reversed(attempts) if f'"{status.image}"' in item.message), None)
        yield (
            pod,
            Pull(
                container=status.name, image=status.image, reason=waiting.reason, message=waiting.message, event=event
            ),
        )
