"""An image of a task cannot be pulled."""

import re
import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.endings import Ended, Ending, ended, told
from sickbay.diagnostics.platforms.ecs.images import ecr_parts, not_pulled, pull_error, pull_fault
from sickbay.diagnostics.platforms.ecs.repositories import refusal, removing_rule
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.registry import EcrImage
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
_LOGIN = (
    "Fetch the login anew where one is stored (the instance's Docker configuration, a secret that is named), "
    "or store none: with an execution role ECS logs in to ECR by itself."
)
_BROKEN = re.compile(r"failed to (?:register|extract) layer|failed to unpack|panic: runtime error", re.IGNORECASE)
_EXPIRED = re.compile(r"(?:authorization )?token (?:has|is) expired|expired token", re.IGNORECASE)


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
    image in ECR, ECR itself is asked whether it is there, and what is there in its place. One that is not there may
    have been removed by a rule of the lifecycle policy that its tag falls under, or by somebody: CloudTrail tells it
    for 30 days. Where a pull was denied, the repository's policy is looked at, which must allow it to another account.
    A login to ECR holds twelve hours: what stored one has to fetch it anew.
    """
    for group in ended(ecs, Ending.PULL):
        task = group.last
        container, error = not_pulled(task), pull_error(task)
        image = container.image if container else "its image"
        fault, known = pull_fault(error), next((item for item in ecs.images if item.image == image), None)
        definition = ecs.definition_of(task)
        role = definition.execution_role_arn if definition else ""
        refused = refusal(known, role) if known and fault is PullFault.DENIED else ("", "")
        why = refused[0] or _why(fault, error, known)
        summary = f"{group.times} could not pull {image}: {why}."
        remedy = _remedy(ecs, group, image, fault, known)
        if refused[0]:
            remedy = Remedy(text="Let the policy of the repository allow the role to pull.", command=_policy(image))
        elif fault is PullFault.DENIED and _EXPIRED.search(error):
            remedy = Remedy(text=_LOGIN)
        yield told(ecs, group, summary, remedy, () if known is None else _answers(ecs, known, refused[1]))


def _why(fault: PullFault | None, error: str, known: EcrImage | None) -> str:
    if known and known.found is False:
        return _absence(known)
    if fault is PullFault.DENIED and _EXPIRED.search(error):
        return "its stored login to the registry has expired"
    if fault is None and _BROKEN.search(error):
        return "its layers cannot be unpacked"
    if fault is PullFault.NO_TAG and known and known.found:
        return "the registry had no such tag then, and has it now"
    return fault or "the registry's answer says no more"


def _absence(known: EcrImage) -> str:
    if not known.repository:
        return "ECR has no such repository"
    latest = f", its latest tags are {', '.join(known.tags[:3])}" if known.tags else ""
    policy = ""
    if known.removed:
        policy = f"; {known.removed.by} removed it at {known.removed.at:%Y-%m-%d %H:%M} UTC"
    elif rule := removing_rule(known):
        policy = f"; its lifecycle policy may have removed it: {rule}"
    return f"the repository is there, the tag is not{latest}{policy}"


def _answers(ecs: Snapshot, known: EcrImage, policy: str) -> tuple[Evidence, ...]:
    image, said = known.image, list[Evidence]()
    if known.found:
        said.append(ecs.evidence(f"ecr DescribeImages {image}", "the image is there"))
    if known.found is False:
        tags = f"not found; tags: {', '.join(known.tags) or 'none'}"
        said.append(
            ecs.evidence(f"ecr DescribeImages {image}", tags if known.repository else "RepositoryNotFoundException")
        )
    if known.removed:
        said.append(ecs.evidence("cloudtrail LookupEvents", f"removed by {known.removed.by}", known.removed.at))
    if rule := removing_rule(known):
        said.append(ecs.evidence(f"ecr GetLifecyclePolicy {image}", rule))
    if policy:
        said.append(ecs.evidence(f"ecr GetRepositoryPolicy {image}", policy))
    return tuple(said)


def _remedy(ecs: Snapshot, group: Ended, image: str, fault: PullFault | None, known: EcrImage | None) -> Remedy | None:
    parts = ecr_parts(image)
    if known and known.found is False and parts:
        _, region, repository, _ = parts
        text = _CURES[PullFault.NO_TAG] if known.repository else "Create the repository, or correct the image's name."
        if known.removed and not known.removed.of_policy:
            text = f"Push the image again, and ask {known.removed.by} whether it was meant to go."
        elif known.removed or removing_rule(known):
            text = "Push the image again, and let the lifecycle policy keep what is deployed."
        command = f"aws ecr describe-images --region {region} --repository-name {shlex.quote(repository)}"
        return Remedy(text=text, command=command if known.repository else None)
    if fault is None and _BROKEN.search(pull_error(group.last)):
        return Remedy(text="Pull and run the image elsewhere; where that fails too, build and push it anew.")
    if fault is None or fault not in _CURES:
        return None
    name = shlex.quote(group.last.family or "FAMILY")
    command = f"aws ecs describe-task-definition --region {ecs.region} --task-definition {name}"
    return Remedy(text=_CURES[fault], command=command)


def _policy(image: str) -> str:
    account, region, repository, _ = ecr_parts(image) or ("", "", "", "")
    name = shlex.quote(repository)
    return f"aws ecr get-repository-policy --region {region} --registry-id {account} --repository-name {name}"
