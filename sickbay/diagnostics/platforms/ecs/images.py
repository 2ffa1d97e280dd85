"""Images of an ECS cluster's tasks that could not be pulled, and why."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container, Task
from sickbay.diagnostics.pulls import Pull, PullFault, fault_of

#: How ECS's agent and Fargate word what Docker words otherwise; the first that fits.
_FORMS: tuple[tuple[PullFault, str], ...] = (
    (
        PullFault.PLATFORM,
        r"does not contain descriptor matching platform|exec format error|unknown operating system or architecture",
    ),
    (
        PullFault.NO_TAG,
        (
            r"API error \(404\)|RepositoryNotFoundException|ImageNotFoundException|repository \S+ not found"
            r"|check whether the image exists"
        ),
    ),
    (
        PullFault.DENIED,
        (
            r"is not authorized to perform: ecr:|AccessDenied|verify that the execution role|invalid login"
            r"|check that the role has the permissions|failed open: unexpected status code\W*$"
        ),
    ),
    (
        PullFault.UNREACHED,
        (
            r"request canceled while waiting for connection|context canceled|connection issue between the task"
            r"|check your (?:task )?network configuration"
        ),
    ),
    (PullFault.NO_SPACE, r"not enough disk space|no space left"),
)
_ECR = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<name>.+)$"
)
_ARCHITECTURES = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
CANNOT_PULL = re.compile(r"CannotPull(?:Container|ECRContainer|Image\w*)(?:Error)?", re.IGNORECASE)


def pull_error(task: Task) -> str:
    """Give what says that an image of the task could not be pulled, or nothing."""
    return next((reason for reason in task.reasons if CANNOT_PULL.search(reason)), "")


def pull_fault(error: str) -> PullFault | None:
    """Give the class of a failed pull."""
    found = fault_of(error) if "toomanyrequests" in error.lower() else None
    return found or next((fault for fault, form in _FORMS if re.search(form, error, re.IGNORECASE)), fault_of(error))


def not_pulled(task: Task) -> Container | None:
    """Give the container whose image could not be pulled: the one that says so, or the only one that there is."""
    for container in task.containers:
        if CANNOT_PULL.search(container.reason):
            return container
    error = pull_error(task)
    named = next((item for item in task.containers if item.image and item.image in error), None)
    return named or (task.containers[0] if error and len(task.containers) == 1 else None)


def ecr_parts(image: str) -> tuple[str, str, str, str] | None:
    """Give the account, region, repository and tag (or digest) of an image in ECR, or nothing where it is elsewhere."""
    found = _ECR.match(image)
    if found is None:
        return None
    name, at, digest = found["name"].partition("@")
    repository, _, tag = name.partition(":")
    return found["account"], found["region"], repository, digest if at else tag or "latest"


def pulls_of(ecs: Snapshot) -> Iterator[Pull]:
    """Yield the images that tasks could not pull, then those that run and whose digest is known."""
    for task in reversed(ecs.failed):
        container = not_pulled(task)
        if container is not None:
            yield _pull(ecs, task, container, failed=True, fault=pull_fault(pull_error(task)))
    for task in ecs.tasks:
        if not task.stopped:
            yield from (_pull(ecs, task, container) for container in task.containers if container.image_digest)


def _pull(
    ecs: Snapshot, task: Task, container: Container, *, failed: bool = False, fault: PullFault | None = None
) -> Pull:
    return Pull(
        image=container.image,
        subject=ecs.subject_of(task),
        failed=failed,
        fault=fault,
        platform=_ARCHITECTURES.get(task.architecture, ""),
        digest="" if failed else container.image_digest,
    )
