"""A rollout makes no progress."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.rollouts import Stuck, stuck
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import trouble

_SHOWN = 3


@check(
    "K8S-W101",
    title="Rollout stuck",
    severity=Severity.HIGH,
    remedy="Roll back, or correct what keeps the new pods from getting ready.",
    explains=("K8S-S101",),
)
def rollout_stuck(cluster: Snapshot) -> Iterator[Finding]:
    """A Deployment's newest revision did not get its pods ready within the deadline (progressDeadlineSeconds).

    Recognised by the condition Progressing with reason ProgressDeadlineExceeded, which names the newest ReplicaSet.
    What keeps its pods from being ready is told with it, and how many pods of the revision before still serve.
    """
    for found in stuck(cluster):
        deployment, serving = found.deployment, found.serving
        subject = Subject("deployment", deployment.name)
        still = f"; {serving} pod{'s' if serving > 1 else ''} of the revision before still serve" if serving else ""
        yield Finding(
            subject=subject,
            summary=f"The rollout of deployment {deployment.name} has not progressed within its "
            f"{deployment.spec.progress_deadline_seconds} s: {found.why}{still}.",
            evidence=tuple(_evidence(cluster, found)),
            remedy=remedy(
                cluster,
                subject,
                "Roll back, or correct what keeps the new pods from getting ready.",
                kubectl("rollout undo", subject),
            ),
            first_seen=found.condition.last_transition_time,
        )


def _evidence(cluster: Snapshot, found: Stuck) -> Iterator[Evidence]:
    told = f"{found.condition.reason}: {found.condition.message}"
    yield cluster.evidence("deployments", found.deployment, "status.conditions[Progressing]", told)
    for pod in found.unready[:_SHOWN]:
        yield cluster.evidence("pods", pod, "status", trouble(pod) or "running, but not ready")
