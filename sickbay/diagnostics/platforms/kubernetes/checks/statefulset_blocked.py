"""A StatefulSet waits for one of its pods."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import stalled, trouble
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import Workload

_ORDINAL = re.compile(r"-(\d+)$")


@check(
    "K8S-W103",
    title="StatefulSet blocked",
    severity=Severity.MEDIUM,
    remedy="Correct what keeps the lowest unready pod from getting ready: the others wait for it.",
    explains=("K8S-S101",),
)
def statefulset_blocked(cluster: Snapshot) -> Iterator[Finding]:
    """A StatefulSet makes and updates its pods one after the other, and the pod whose turn it is does not get ready.

    Told for the default policy OrderedReady only, while pods are still to be made or updated. A pod that still starts
    has five minutes, unless it gives a reason.
    """
    for workload in cluster.statefulsets:
        waiting = _waiting(workload)
        if workload.spec.pod_management_policy == "Parallel" or not waiting:
            continue
        subject = Subject("statefulset", workload.name)
        unready = [pod for pod in cluster.pods_by_owner.get(subject, ()) if stalled(cluster, pod)]
        if not unready:
            continue
        pod = min(unready, key=_ordinal)
        why = trouble(pod) or "not ready"
        yield Finding(
            subject=subject,
            summary=f"StatefulSet {workload.name} is blocked at {pod.metadata.name} ({why}): {waiting} for it.",
            evidence=(
                cluster.evidence("pods", pod, "status", why),
                cluster.evidence(
                    "statefulsets",
                    workload,
                    "status",
                    f"{workload.status.ready_replicas} of {workload.spec.replicas} ready, "
                    f"{workload.status.replicas} there",
                ),
            ),
            remedy=remedy(
                cluster,
                subject,
                f"Correct what keeps {pod.metadata.name} from getting ready. After a change of the template "
                "delete that pod: an unready one is not replaced by itself.",
                kubectl("describe", Subject("pod", pod.name)),
            ),
        )


def _waiting(workload: Workload) -> str:
    """Give what is still to be done, or nothing."""
    status = workload.status
    missing = workload.spec.replicas - status.replicas
    if missing > 0:
        return f"{missing} more pod{'s wait' if missing > 1 else ' waits'}"
    updating = status.update_revision and status.update_revision != status.current_revision
    return "the update waits" if updating and status.updated_replicas < workload.spec.replicas else ""


def _ordinal(pod: Pod) -> int:
    read = _ORDINAL.search(pod.metadata.name)
    return int(read[1]) if read else 0
