"""How tasks ended: the classes of stopped reasons, and those of one class of one workload together."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Finding, Remedy, Subject
from sickbay.diagnostics.platforms.ecs.images import pull_error
from sickbay.diagnostics.platforms.ecs.siblings import difference
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot, grouped
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container, Task

_SHOWN = 3


class Ending(StrEnum):
    """Why a task stopped."""

    PULL = "image not pulled"
    INITIALIZATION = "resources not set up"
    MEMORY = "out of memory"
    CONTAINER_START = "container not started"
    PLACEMENT = "not placed"
    START = "not started"
    BALANCER = "load balancer's health checks"
    CONTAINER_HEALTH = "container's health check"
    INTERRUPTED = "capacity taken away"
    USER = "stopped by somebody"
    EXIT = "essential container exited"
    SCHEDULER = "stopped by the scheduler"
    OTHER = "other"


_OUT_OF_MEMORY = re.compile(r"OutOfMemory(?:Error)?\b|container killed due to memory usage", re.IGNORECASE)
_INITIALIZATION = re.compile(
    r"ResourceInitializationError|unexpected EC2 error while|Timeout waiting for (?:network interface|EBS)"
    r"|TaskFailedToStart: (?!RESOURCE).*(?:ENI|network interface)|AttributeError: .*ENI|Fetching secret data from"
    r"|\bfailed to provision ENI|InternalError: .*network interface",
    re.IGNORECASE,
)
_CONTAINER_START = re.compile(
    r"(?:Cannot(?:Start|Create|Inspect|Stop|Describe|MountVolume)\w*Error|ContainerRuntime(?:Timeout)?Error"
    r"|DockerTimeoutError|RuntimeTimeout\w*|ContainerRuntimeError|HostResourceUnavailable|HealthCheckError)\b"
)
_PLACEMENT = re.compile(
    r"RESOURCE:\w+|TaskFailedToStart: (?:AGENT|ATTRIBUTE|LOCATION)\b|^(?:AGENT|ATTRIBUTE|LOCATION)$"
    r"|placement constraint unsatisfied|EMPTY CAPACITY PROVIDER|NO ACTIVE INSTANCES|Capacity is unavailable",
    re.MULTILINE,
)
_BALANCER = re.compile(r"failed ELB health checks", re.IGNORECASE)
_CONTAINER_HEALTH = re.compile(r"failed container health checks", re.IGNORECASE)
_INTERRUPTIONS = frozenset({"SpotInterruption", "TerminationNotice", "InfrastructureHealth"})
_INTERRUPTED = re.compile(
    r"spot (?:task was|instance) interrupt|Host EC2 \(instance [^)]*\) (?:terminated|stopped)|task retirement"
    r"|scheduled for termination",
    re.IGNORECASE,
)


def ending_of(task: Task) -> Ending:
    """Give the class of a stopped task's end: what its containers and its reason say, before its stop code."""
    said = "\n".join(task.reasons)
    if pull_error(task):
        return Ending.PULL
    for ending, form in (
        (Ending.MEMORY, _OUT_OF_MEMORY),
        (Ending.INITIALIZATION, _INITIALIZATION),
        (Ending.PLACEMENT, _PLACEMENT),
        (Ending.CONTAINER_START, _CONTAINER_START),
        (Ending.BALANCER, _BALANCER),
        (Ending.CONTAINER_HEALTH, _CONTAINER_HEALTH),
        (Ending.INTERRUPTED, _INTERRUPTED),
    ):
        if form.search(said):
            return ending
    if task.stop_code in _INTERRUPTIONS:
        return Ending.INTERRUPTED
    return {
        "UserInitiated": Ending.USER,
        "EssentialContainerExited": Ending.EXIT,
        "ServiceSchedulerInitiated": Ending.SCHEDULER,
        "TaskFailedToStart": Ending.START,
    }.get(task.stop_code, Ending.OTHER)


class Ended(Struct, frozen=True, kw_only=True):
    """The tasks of one workload that ended alike, the latest last."""

    subject: Subject
    tasks: tuple[Task, ...]

    @property
    def last(self) -> Task:
        """Give the one that ended last."""
        return self.tasks[-1]

    @property
    def name(self) -> str:
        """Give the workload's name."""
        return self.subject.name

    @property
    def times(self) -> str:
        """Give how many there are, in words, as the beginning of a sentence."""
        return f"{len(self.tasks)} tasks of {self.name}" if len(self.tasks) > 1 else f"A task of {self.name}"

    @property
    def have(self) -> str:
        """Give the verb that goes with them."""
        return "were" if len(self.tasks) > 1 else "was"


def ended(ecs: Snapshot, *endings: Ending) -> Iterator[Ended]:
    """Yield the workloads of which tasks ended so, with these tasks."""
    found = ((ecs.subject_of(task), task) for task in ecs.failed if ending_of(task) in endings)
    yield from (Ended(subject=subject, tasks=tasks) for subject, tasks in grouped(found).items())


def told(
    ecs: Snapshot,
    group: Ended,
    summary: str,
    remedy: Remedy | None = None,
    evidence: Sequence[Evidence] = (),
) -> Finding:
    """Give the finding on tasks that ended alike: their reasons, what else proves it, what tells them from others."""
    return Finding(
        subject=group.subject,
        summary=summary,
        evidence=(
            *(reason_evidence(ecs, task) for task in group.tasks[-_SHOWN:]),
            *evidence,
            *difference(ecs, group.tasks),
        ),
        remedy=remedy,
        first_seen=group.tasks[0].ended,
        last_seen=group.last.ended,
        count=len(group.tasks),
    )


def reason_evidence(ecs: Snapshot, task: Task) -> Evidence:
    """Give what a task's end says of itself."""
    for container in task.containers:
        if container.reason:
            return ecs.task_evidence(task, f"containers[{container.name}].reason", container.reason)
    return ecs.task_evidence(task, "stoppedReason", f"{task.stop_code}: {task.stopped_reason}".strip(": "))


def culprit(ecs: Snapshot, task: Task) -> Container | None:
    """Give the container that ended a task: an essential one that exited, sooner one that failed."""
    definition = ecs.definition_of(task)
    essential = {item.name for item in definition.container_definitions if item.essential} if definition else set()
    exited = [
        item for item in task.containers if item.exit_code is not None and (item.name in essential or not essential)
    ]
    return next((item for item in exited if item.exit_code), None) or next(iter(exited), None)
