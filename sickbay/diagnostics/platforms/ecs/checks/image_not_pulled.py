"""An image of a task cannot be pulled."""

import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ended, Ending, ended, told
from sickbay.diagnostics.platforms.ecs.images import ecr_parts, not_pulled, pull_error, pull_fault
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.balancing import EcrImage
from sickbay.diagnostics.pulls import PullFault

_CURES = {
    PullFault.NO_SPACE: "Give the task more ephemeral storage, or free the instance's disk: docker images, logs.",
    PullFault.RATE_LIMIT: "Pull through a cache in ECR, or log in with repositoryCredentials; or wait.",
    PullFault.PLATFORM: "Build and push the image for the task's architecture, or set runtimePlatform to the image's.",
    PullFault.NO_TAG: "Correct the tag, or push the image under it; an ECR image is named by its full URI.",
    PullFault.DENIED: "Let the execution role pull: ecr:GetAuthorizationToken, BatchGetImage, GetDownloadUrlForLayer; "
    "across accounts the repository's policy must allow it too. Another registry needs repositoryCredentials.",
    PullFault.TLS: "Correct the registry's certificate, or give the instances its authority.",
    PullFault.UNREACHED: "Give the task a way to the registry: a NAT gateway, a public address, or endpoints for "
    "ecr.api, ecr.dkr and S3; and let its security group go out on 443.",
    PullFault.FAILING: "Look at the registry and what stands before it; ECS tries again by itself.",
}


@check(
    "ECS-T101",
    title="Image cannot be pulled",
    severity=Severity.HIGH,
    remedy="Pull the image by its full name from where the task runs, with its execution role, to hear why.",
    explains=("ECS-S101", "ECS-S103", "ECS-S104"),
)
def image_not_pulled(ecs: Snapshot) -> Iterator[Finding]:
    """Tasks stopped with CannotPullContainerError: the image, the access to it or the way to it is not there.

    The error's text decides between no such tag, denied, not reached, limited, no space and the wrong platform. Of an
    image in ECR, ECR itself is asked whether it is there, what is there in its place, and whether a lifecycle policy
    removes images. A login to ECR holds twelve hours: what stored one has to fetch it anew.
    """
    for group in ended(ecs, Ending.PULL):
        task = group.last
        container, error = not_pulled(task), pull_error(task)
        image = container.image if container else "its image"
        fault, known = pull_fault(error), next((item for item in ecs.images if item.image == image), None)
        why = _absence(known) if known and known.found is False else fault or "the registry's answer says no more"
        evidence = () if known is None else (ecs.evidence(f"ecr DescribeImages {image}", _answer(known)),)
        summary = f"{group.times} could not pull {image}: {why}."
        yield told(ecs, group, summary, _remedy(ecs, group, image, fault, known), evidence)


def _absence(known: EcrImage) -> str:
    if not known.repository:
        return "ECR has no such repository"
    policy = "; a lifecycle policy removes images there, and may have removed it" if known.expires else ""
    latest = f", its latest tags are {', '.join(known.tags[:3])}" if known.tags else ""
    return f"the repository is there, the tag is not{latest}{policy}"


def _answer(known: EcrImage) -> str:
    if known.found:
        return "the image is there"
    return f"not found; tags: {', '.join(known.tags) or 'none'}" if known.repository else "RepositoryNotFoundException"


def _remedy(ecs: Snapshot, group: Ended, image: str, fault: PullFault | None, known: EcrImage | None) -> Remedy | None:
    parts = ecr_parts(image)
    if known and known.found is False and parts:
        _, region, repository, _ = parts
        text = _CURES[PullFault.NO_TAG] if known.repository else "Create the repository, or correct the image's name."
        text = "Push the image again, and let the lifecycle policy keep what is deployed." if known.expires else text
        command = f"aws ecr describe-images --region {region} --repository-name {shlex.quote(repository)}"
        return Remedy(text=text, command=command if known.repository else None)
    if fault is None or fault not in _CURES:
        return None
    name = shlex.quote(group.last.family or "FAMILY")
    command = f"aws ecs describe-task-definition --region {ecs.region} --task-definition {name}"
    return Remedy(text=_CURES[fault], command=command)
