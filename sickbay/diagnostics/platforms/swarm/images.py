"""Images that a swarm's nodes pull: why one could not be had, and which ones do not say what they are."""

import shlex
from collections.abc import Iterator
from itertools import islice

from sickbay.diagnostics.platforms.swarm.explanation import Explanation
from sickbay.diagnostics.platforms.swarm.faults import Fault, fault_in
from sickbay.diagnostics.platforms.swarm.ownership import remedy, update
from sickbay.diagnostics.platforms.swarm.references import digest, reference
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.standing import empty_places, standing_of
from sickbay.diagnostics.platforms.swarm.wire.services import Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task
from sickbay.diagnostics.pulls import Pull, PullFault, fault_of

_AUTH = "--with-registry-auth"
_CURES = {
    PullFault.NO_SPACE: "Free space where that node's engine keeps its images (docker system df).",
    PullFault.RATE_LIMIT: "Log in on a manager and update with --with-registry-auth, use a mirror, or wait.",
    PullFault.PLATFORM: "Build and push the image for the node's platform too (docker buildx build --platform).",
    PullFault.NO_TAG: "Correct the tag, or push the image under it.",
    PullFault.DENIED: "Log in on a manager (docker login) and send that to the nodes; a wrong name looks the same.",
    PullFault.TLS: "Give every node the registry's CA under /etc/docker/certs.d, or correct its certificate.",
    PullFault.UNREACHED: "Check DNS, proxy and firewall between that node and the registry.",
    PullFault.FAILING: "Look at the registry and what stands before it; the node only repeats its answer.",
    PullFault.SHORT_NAME: "Give the image's full name, with its registry.",
}
#: What swarmkit says of every pull that failed where the image is not on the node: the cause is in the node's log.
_SILENT = "Pull it by hand on that node to hear why: no such tag, access denied, or the registry is not reached."


def why_not_pulled(swarm: Snapshot, service: Service, task: Task) -> Explanation:
    """Explain a task whose image could not be had."""
    image, node = reference(task.image or service.image), swarm.node_name(task.node_id)
    fault = fault_of(task.status.err)
    where = f"node {node}" if node else "its nodes"
    if fault in {None, PullFault.NOT_LOCAL}:
        says = f"{where} neither has the image {image} nor can pull it"
        return Explanation(says=says, remedy=remedy(service, _SILENT, f"docker pull {shlex.quote(image)}"))
    command = (
        update(service, _AUTH, "--image", image) if fault is PullFault.DENIED else f"docker pull {shlex.quote(image)}"
    )
    says = f"{where} cannot pull the image {image}: {fault}"
    return Explanation(says=says, remedy=remedy(service, _CURES[fault], command))


def running(swarm: Snapshot, service: Service) -> Iterator[Task]:
    """Yield the tasks of a service that run."""
    return (task for task in swarm.tasks_of(service) if task.wanted and task.state == "running")


def pulls_of(swarm: Snapshot) -> Iterator[Pull]:
    """Yield the images that tasks could not have, then those that run and whose digest is known."""
    for service in swarm.services:
        standing = standing_of(swarm, service)
        empty = (place.blamed for place in empty_places(swarm, standing) if fault_in(place) is Fault.IMAGE)
        for task in islice(empty, 1 if standing.short else 0):
            yield Pull(
                image=reference(task.image or service.image),
                subject=swarm.service_subject(service),
                failed=True,
                fault=fault_of(task.status.err),
                platform=_platform(swarm, task),
            )
    for service in swarm.services:
        known = {(task.image, _platform(swarm, task)) for task in running(swarm, service) if digest(task.image)}
        for image, platform in sorted(known):
            yield Pull(
                image=reference(image), subject=swarm.service_subject(service), platform=platform, digest=digest(image)
            )


def _platform(swarm: Snapshot, task: Task) -> str:
    """Give the platform of a task's node as images name theirs, or nothing where that is not known."""
    node = swarm.node_by_id.get(task.node_id)
    return node.description.platform.of_images if node else ""
