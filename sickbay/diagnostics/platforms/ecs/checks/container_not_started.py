"""The container runtime could not create or start a container."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ending, ended, reason_evidence, told
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot

#: What the runtime's error says, the end of a sentence, and what to do; the first that fits.
_CLASSES: tuple[tuple[str, str, str], ...] = (
    (
        r"executable file not found|no such file or directory.*exec|exec: ",
        "its command is not in the image",
        "Correct command and entryPoint in the task definition; a shell needs to be in the image.",
    ),
    (
        r"exec format error",
        "its image was built for another architecture",
        "Build the image for the task's architecture, or set runtimePlatform.",
    ),
    (
        r"permission denied",
        "its command may not be executed",
        "Make the file executable in the image, for the user that the container runs as.",
    ),
    (
        r"port is already allocated|address already in use",
        "its host port is taken",
        "Use host port 0, so that a free one is taken.",
    ),
    (
        r"no space left|devmapper: Thin Pool",
        "the instance's disk is full",
        "Free the instance's disk (images, logs), or give it a larger one.",
    ),
    (
        r"log driver|failed to initialize logging|log group|log stream",
        "its log cannot be written",
        "Create the log group, and let the execution role (on EC2 the instance's role) write to it.",
    ),
    (
        r"cgroup|cannot allocate memory|minimum memory limit",
        "its memory is too small to start in",
        "Raise the memory of the container.",
    ),
    (
        r"mount|bind source|volume",
        "one of its volumes cannot be mounted",
        "Check the volume's path, driver and file system.",
    ),
    (
        r"Timeout|timed out|too long",
        "the container runtime did not answer in time",
        "Look at the instance's load and disk: a runtime that is slow for long needs a new instance.",
    ),
)


@check(
    "ECS-T105",
    title="Container cannot be started",
    severity=Severity.HIGH,
    remedy="Mend what the runtime's message names.",
    explains=("ECS-S101", "ECS-S103", "ECS-S104"),
)
def container_not_started(ecs: Snapshot) -> Iterator[Finding]:
    """A container's reason is CannotStart-, CannotCreate- or CannotInspectContainerError, or a timeout of the runtime;
    or the task failed to start for a reason of no other kind.

    The image is there and the resources are: what Docker or containerd says of creating or starting the container
    decides.
    """
    for group in ended(ecs, Ending.CONTAINER_START, Ending.START):
        task = group.last
        error = reason_evidence(ecs, task).value
        name = next((item.name for item in task.containers if item.reason), "a container")
        found = next((item for item in _CLASSES if re.search(item[0], error, re.IGNORECASE)), None)
        says = found[1] if found else error.partition("\n")[0][:200].rstrip(".")
        many = f" {len(group.tasks)} times" if len(group.tasks) > 1 else ""
        summary = f"{name} of {group.name} could not be started{many}: {says}."
        yield told(ecs, group, summary, Remedy(text=found[2]) if found else None)
