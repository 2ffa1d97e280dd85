"""Nodes may run different images under one name."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.swarm.images import running
from sickbay.diagnostics.platforms.swarm.ownership import remedy, update
from sickbay.diagnostics.platforms.swarm.references import digest, reference
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Service


@check(
    "DKR-S112",
    title="Image not pinned",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Deploy from a registry that the manager reaches, so that the service names the image's digest.",
)
def images_not_pinned(swarm: Snapshot) -> Iterator[Finding]:
    """A service names its image by tag alone, or its running tasks were made from different images.

    A manager that reaches the registry adds the digest of the tag, so that every node runs the same image. Where it did
    not, each node runs what it has or gets under that name. Tasks of different images beside each other, with no update
    under way, are what a paused update or a restart between two pushes leaves. One node cannot differ from itself.
    """
    for service in swarm.services:
        images = sorted({task.image for task in running(swarm, service)})
        if len(images) > 1 and service.update_status.state not in {"updating", "rollback_started"}:
            yield Finding(
                subject=swarm.service_subject(service),
                summary=f"{service.name} runs {len(images)} different images at once, with no update under way.",
                evidence=tuple(swarm.service_evidence(service, "tasks' image", image) for image in images),
                remedy=remedy(service, "Let all its tasks be made anew.", update(service, "--force")),
            )
        elif len(swarm.nodes) > 1 and not digest(service.image):
            yield _unpinned(swarm, service)


def _unpinned(swarm: Snapshot, service: Service) -> Finding:
    name = reference(service.image)
    return Finding(
        subject=swarm.service_subject(service),
        summary=f"{service.name} names its image {name} without a digest: each node runs what it has under that name.",
        evidence=(swarm.service_evidence(service, "TaskTemplate.ContainerSpec.Image", service.image),),
        remedy=remedy(service, "Let a manager look the digest up at the registry.", update(service, "--image", name)),
    )
