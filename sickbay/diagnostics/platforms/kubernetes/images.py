"""The images of a cluster that their registry can be asked about: those that cannot be pulled, and those that run."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.kubernetes.pulls import failed_pulls
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.pulls import Pull


def pulls_of(cluster: Snapshot) -> Iterator[Pull]:
    """Yield the images that cannot be pulled, then those that run; each once a workload, platform and digest."""
    seen = set[Pull]()
    for pull in (*_failed(cluster), *_running(cluster)):
        if pull not in seen:
            seen.add(pull)
            yield pull


def _failed(cluster: Snapshot) -> Iterator[Pull]:
    for pod, failed in failed_pulls(cluster):
        image = _wanted(pod, failed.container) or failed.image
        yield Pull(
            image=image, subject=cluster.owner(pod), failed=True, fault=failed.fault, platform=_platform(cluster, pod)
        )


def _running(cluster: Snapshot) -> Iterator[Pull]:
    alive = (pod for pod in cluster.pods if pod.alive)
    for pod, status in ((one, status) for one in alive for status in cluster.container_statuses(one)):
        repository, _, digest = status.image_id.partition("@")
        image = _wanted(pod, status.name)
        if status.state.running and repository and digest and image:
            yield Pull(image=image, subject=cluster.owner(pod), platform=_platform(cluster, pod), digest=digest)


def _wanted(pod: Pod, container: str) -> str:
    """Give the container's image as the pod asks for it: the status may name it by another of its names."""
    asked = (*pod.spec.init_containers, *pod.spec.containers)
    return next((item.image for item in asked if item.name == container), "")


def _platform(cluster: Snapshot, pod: Pod) -> str:
    node = cluster.node_by_name.get(pod.spec.node_name)
    told = node.status.node_info if node else None
    return f"{told.operating_system}/{told.architecture}" if told and told.architecture else ""
