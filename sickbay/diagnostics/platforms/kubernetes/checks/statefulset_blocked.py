"""A StatefulSet waits for one of its pods."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.rollouts import blocked
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import trouble


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
    for found in blocked(cluster):
        workload, pod = found.workload, found.pod
        subject = Subject("statefulset", workload.name)
        why, status = trouble(pod) or "not ready", workload.status
        counted = f"{status.ready_replicas} of {workload.spec.replicas} ready, {status.replicas} there"
        yield Finding(
            subject=subject,
            summary=f"StatefulSet {workload.name} is blocked at {pod.metadata.name} ({why}): {found.waiting} for it.",
            evidence=(
                cluster.evidence("pods", pod, "status", why),
                cluster.evidence("statefulsets", workload, "status", counted),
            ),
            remedy=remedy(
                cluster,
                subject,
                f"Correct what keeps {pod.metadata.name} from getting ready. After a change of the template delete "
                "that pod: an unready one is not replaced by itself.",
                kubectl("describe", Subject("pod", pod.name)),
            ),
        )
