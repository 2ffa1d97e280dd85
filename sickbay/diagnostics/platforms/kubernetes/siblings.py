"""What tells failing replicas of a workload from its healthy ones: what separates them names the layer at fault."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

from sickbay.diagnostics.platforms.kubernetes.grouping import Group
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_ZONE = "topology.kubernetes.io/zone"
_PLACES = frozenset({"zone", "node"})


def difference(cluster: Snapshot, group: Group[K, T]) -> str:
    """Give a sentence, after a space, that names what all failing pods share and no healthy one has; else nothing.

    Looked at: image digest, template revision, architecture, zone, node. One failing pod's place alone tells nothing.
    """
    failing = {pod.name for pod in group.pods}
    siblings = cluster.pods_by_owner.get(group.subject, ())
    healthy = [pod for pod in siblings if pod.ready and pod.name not in failing]
    if not healthy:
        return ""
    ill = [_attributes(cluster, pod) for pod in group.pods]
    well = [_attributes(cluster, pod) for pod in healthy]
    for name in ("image", "revision", "architecture", "zone", "node"):
        values = {item.get(name, "") for item in ill}
        others = {item.get(name, "") for item in well}
        if len(values) == 1 and not values & others and "" not in values | others:
            if name in _PLACES and len(ill) == 1:
                continue
            fail = "The one that fails has" if len(ill) == 1 else "All that fail have"
            are_well = "the one that is well has" if len(healthy) == 1 else f"the {len(healthy)} that are well have"
            return f" {fail} {name} {next(iter(values))}; {are_well} not."
    return ""


def _attributes(cluster: Snapshot, pod: Pod) -> Mapping[str, str]:
    return dict(_read(cluster, pod))


def _read(cluster: Snapshot, pod: Pod) -> Iterator[tuple[str, str]]:
    images = sorted(status.image_id.rpartition("@")[2] for status in pod.status.container_statuses)
    yield "image", " ".join(images) if all(images) else ""
    labels = pod.metadata.labels
    yield "revision", labels.get("pod-template-hash") or labels.get("controller-revision-hash", "")
    yield "node", pod.spec.node_name
    if node := cluster.node_by_name.get(pod.spec.node_name):
        yield "zone", node.metadata.labels.get(_ZONE, "")
        yield "architecture", node.status.node_info.architecture
