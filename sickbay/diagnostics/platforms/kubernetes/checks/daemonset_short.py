"""A DaemonSet is not on every node where it should be, or on others."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.daemons import spread
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import trouble

_SHOWN = 3


@check(
    "K8S-W104",
    title="DaemonSet incomplete",
    severity=Severity.MEDIUM,
    remedy="Look at the pods of the nodes where it is not ready; where there is none, at taints and tolerations.",
    explains=("K8S-S101", "K8S-S104"),
)
def daemonset_short(cluster: Snapshot) -> Iterator[Finding]:
    """A DaemonSet's pod is not ready on some nodes where it should be, or runs on nodes where it should not.

    Counted by the DaemonSet's own status. Pods and nodes that start have five minutes, pods that give a reason none. A
    pod that runs where it should not is mostly one that does not tolerate a taint set after it started: when it ends,
    it does not come back there.
    """
    for workload in cluster.daemonsets:
        found, status = spread(cluster, workload), workload.status
        wanted = status.desired_number_scheduled
        told = [f"is ready on {status.number_ready} of {wanted} nodes{found.where}"] if found.short else []
        if found.misplaced:
            told.append(f"runs on {found.misplaced} where it should not")
        if not told:
            continue
        subject = Subject("daemonset", workload.name)
        counted = f"desired {wanted}, ready {status.number_ready}, misscheduled {status.number_misscheduled}"
        ill = [cluster.evidence("pods", pod, "status", trouble(pod) or "not ready") for pod in found.unready[:_SHOWN]]
        cure = "Compare its tolerations and node selector with the nodes' taints and labels."
        yield Finding(
            subject=subject,
            summary=f"DaemonSet {workload.name} {' and '.join(told)}.",
            evidence=(cluster.evidence("daemonsets", workload, "status", counted), *ill),
            remedy=remedy(
                cluster,
                subject,
                "Look at its pods that are not ready." if ill else cure,
                kubectl("describe", Subject("pod", found.unready[0].name) if ill else subject),
            ),
            count=max(found.short, found.misplaced),
        )
