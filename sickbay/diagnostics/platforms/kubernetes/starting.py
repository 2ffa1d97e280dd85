"""Containers that the kubelet or the runtime cannot start: nothing of the application has run."""

from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.grouping import containers
from sickbay.diagnostics.platforms.kubernetes.messages import Form, told
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod

_WAITING = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError",
                      "PreStartHookError", "PostStartHookError"})  # fmt: skip
#: How the runtimes call the end of a run that never began: dockershim's word, and containerd's and CRI-O's.
_ENDED = frozenset({"ContainerCannotRun", "StartError"})

_MISSING = "Create the {0}, or correct its name in the pod; the kubelet tries again by itself."
_FORMS = (
    Form(r"secret \"([^\"]+)\" not found", "secret {0} does not exist", _MISSING.replace("{0}", "secret {0}")),
    Form(r"configmap \"([^\"]+)\" not found", "configmap {0} does not exist", _MISSING.replace("{0}", "configmap {0}")),
    Form(
        r"couldn't find key (\S+) in (Secret|ConfigMap) (\S+)",
        "{1} {2} has no key {0}",
        "Add the key {0} to {1} {2}, or correct its name in the pod.",
    ),
    Form(
        r"runAsNonRoot and image has non-numeric user",
        "it may not run as root, and its image names its user instead of numbering it",
        "Set runAsUser to the number of the image's user.",
    ),
    Form(
        r"runAsNonRoot",
        "it may not run as root, as which its image runs",
        "Set runAsUser to another number than 0, or build the image with a USER.",
    ),
    Form(
        r"failed to sync (secret|configmap) cache",
        "the kubelet cannot read its {0} in time",
        "See whether the node reaches the API server, and whether that is overloaded.",
    ),
    Form(
        r"not a directory|mounting a directory onto a file|mount a directory onto a file",
        "a mount's source and its place in the container are not both files or both directories",
        "Mount a file over a file and a directory over a directory: correct mountPath or subPath.",
    ),
    Form(
        r"subPath|error mounting|failed to mount|bind source path does not exist",
        "one of its mounts cannot be made",
        "Correct the volumeMount that the message names: its mountPath, its subPath, or the volume behind it.",
    ),
    Form(
        r"exec format error",
        "its program is not for the node's architecture, or is a script without #!",
        "Build the image for the node's architecture too, or select nodes that it was built for.",
    ),
    Form(
        r"exec: \\?\"([^\"\\]+)\\?\": .*(?:not found|no such file)",
        "its command {0} is not in the image",
        "Correct the command, or put {0} into the image.",
    ),
    Form(
        r"exec: \\?\"([^\"\\]+)\\?\": .*(?:permission denied|is a directory)",
        "its command {0} may not be executed",
        "Make {0} an executable file in the image (chmod +x), or correct the command.",
    ),
    Form(r"no command specified", "neither pod nor image has a command", "Give the container a command."),
    Form(
        r"chdir to cwd \(?\\?\"?([^\")\\]+)",
        "its working directory {0} cannot be entered",
        "Correct workingDir, or let its user read {0}.",
    ),
    Form(
        r"memory limit too low|Minimum memory limit|OOM-killed",
        "its memory limit is too low to start anything",
        "Raise the memory limit: a number without a unit counts bytes.",
    ),
    Form(
        r"failed to reserve container name|is already in use by container",
        "the runtime still holds an earlier container of its name",
        "Look at the node's container runtime: it is slow or stuck; restart it if this lasts.",
    ),
    Form(
        r"context deadline exceeded|DeadlineExceeded",
        "the runtime does not make it in time",
        "Look at the node's disk and container runtime: they are slow or stuck.",
    ),
    Form(r"no space left on device", "the node's disk is full", "Free space on the node."),
)


class Refusal(Struct, frozen=True, kw_only=True):
    """A start that failed: of which container, with which reason and message, and where in its status they stand."""

    container: str
    reason: str
    message: str
    field: str

    @property
    def explained(self) -> tuple[str, str]:
        """Give why it cannot start, and what to do."""
        why = told(_FORMS, self.message)
        return why or ("for the reason in the evidence", "Correct what the message names; the kubelet tries again.")


def refused_starts(cluster: Snapshot) -> Iterator[tuple[Pod, Refusal]]:
    """Yield the containers that could not be made or started."""
    for pod, status in containers(cluster):
        if refusal := refusal_of(status):
            yield pod, refusal


def refusal_of(status: ContainerStatus) -> Refusal | None:
    """Give how the last start failed, or nothing where the container runs or has run.

    Between two tries it waits in CrashLoopBackOff like any other; how its last run ended tells that there was none.
    """
    waiting = status.state.waiting
    if waiting and waiting.reason in _WAITING:
        return Refusal(container=status.name, reason=waiting.reason, message=waiting.message, field="state.waiting")
    for field, end in (("state", status.state.terminated), ("lastState", status.last_state.terminated)):
        if end and end.reason in _ENDED and not status.state.running:
            return Refusal(container=status.name, reason=end.reason, message=end.message, field=f"{field}.terminated")
    return None
