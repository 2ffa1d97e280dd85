"""A node lacks the driver of a volume that its pods need."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import unstarted
from sickbay.diagnostics.platforms.kubernetes.ownership import remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod


@check(
    "K8S-V104",
    title="Storage driver missing on a node",
    severity=Severity.MEDIUM,
    remedy="Install the driver's node plugin, or let its DaemonSet run on that node too.",
    explains=("K8S-P107",),
)
def missing_driver(cluster: Snapshot) -> Iterator[Finding]:
    """A pod was placed on a node where the CSI driver of its volume is not registered, so the volume cannot be mounted.

    Compared are the node's CSINode, where each driver's node plugin registers itself, and the driver of each volume of
    the pods that are placed there and have not started. Drivers that vSphere, EBS and others once had built in are CSI
    drivers today, and need their DaemonSet on every node.
    """
    drivers = {item.metadata.name: {one.name for one in item.spec.drivers or ()} for item in cluster.csinodes}
    volumes = {item.metadata.name: item for item in cluster.persistentvolumes}
    lacking: dict[str, list[tuple[Pod, str]]] = {}
    for pod in unstarted(cluster):
        there = drivers.get(pod.spec.node_name)
        if there is None:
            continue
        for name in pod.spec.claims:
            claim = cluster.claim_by_name.get(f"{pod.metadata.namespace}/{name}")
            volume = volumes.get(claim.spec.volume_name) if claim else None
            if volume and volume.spec.csi and volume.spec.csi.driver not in there:
                lacking.setdefault(pod.spec.node_name, []).append((pod, volume.spec.csi.driver))
    nodes = {item.metadata.name: item for item in cluster.csinodes}
    for node, members in lacking.items():
        subject, pod = Subject("node", node), members[0][0]
        wanted = ", ".join(sorted({driver for _, driver in members}))
        many = len({pod.name for pod, _ in members})
        more = f" and {many - 1} more pods" if many > 1 else ""
        yield Finding(
            subject=subject,
            summary=f"Node {node} has no driver {wanted}, which the volume of pod {pod.name}{more} needs: "
            "it cannot be mounted there.",
            evidence=(
                cluster.evidence("csinodes", nodes[node], "spec.drivers", ", ".join(sorted(drivers[node])) or "none"),
                cluster.evidence("pods", pod, "spec.volumes", ", ".join(pod.spec.claims)),
            ),
            remedy=remedy(
                cluster,
                subject,
                f"Let the node plugin of {wanted} run on {node}: look at its DaemonSet's selector and tolerations.",
                f"kubectl get csinode {node} -o yaml",
            ),
            count=many,
        )
