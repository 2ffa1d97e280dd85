"""A rollout makes no progress."""

import re
from collections.abc import Iterator, Sequence

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import described, trouble
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import Workload

_REPLICA_SET = re.compile(r'ReplicaSet "([^"]+)"')
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
    for deployment in cluster.deployments:
        progressing = next((item for item in deployment.status.conditions if item.type == "Progressing"), None)
        if progressing is None or progressing.reason != "ProgressDeadlineExceeded" or _changed(deployment):
            continue
        subject = Subject("deployment", deployment.name)
        newest, older = _by_revision(cluster.pods_by_owner.get(subject, ()), progressing)
        unready = [pod for pod in newest if not pod.ready]
        serving = sum(pod.ready for pod in older)
        still = f"; {serving} pod{'s' if serving > 1 else ''} of the revision before still serve" if serving else ""
        why = f"pods of its newest revision are not ready: {described(unready)}" if unready else _unmade(deployment)
        yield Finding(
            subject=subject,
            summary=f"The rollout of deployment {deployment.name} has not progressed within its "
            f"{deployment.spec.progress_deadline_seconds} s: {why}{still}.",
            evidence=tuple(_evidence(cluster, deployment, progressing, unready)),
            remedy=remedy(
                cluster,
                subject,
                "Roll back, or correct what keeps the new pods from getting ready.",
                kubectl("rollout undo", subject),
            ),
            first_seen=progressing.last_transition_time,
        )


def _changed(deployment: Workload) -> bool:
    """Say whether the deployment was changed since its conditions were written."""
    return deployment.status.observed_generation < deployment.metadata.generation


def _by_revision(pods: Sequence[Pod], progressing: Condition) -> tuple[list[Pod], list[Pod]]:
    """Give the pods of the newest revision, and those of the others; what has ended or goes is left out."""
    alive = [pod for pod in pods if not pod.finished and not pod.metadata.deletion_timestamp]
    named = _REPLICA_SET.search(progressing.message)
    youngest = max(alive, key=lambda pod: pod.metadata.created_at, default=None)
    newest = named[1] if named else _maker(youngest) if youngest else ""
    return [pod for pod in alive if _maker(pod) == newest], [pod for pod in alive if _maker(pod) != newest]


def _maker(pod: Pod) -> str:
    return pod.metadata.controller.name if pod.metadata.controller else ""


def _unmade(deployment: Workload) -> str:
    failure = next((item for item in deployment.status.conditions if item.type == "ReplicaFailure"), None)
    return f"its new pods cannot be made ({failure.message.rstrip('.')})" if failure else "no new pod is there"


def _evidence(
    cluster: Snapshot, deployment: Workload, progressing: Condition, unready: Sequence[Pod]
) -> Iterator[Evidence]:
    told = f"{progressing.reason}: {progressing.message}"
    yield cluster.evidence("deployments", deployment, "status.conditions[Progressing]", told)
    for pod in unready[:_SHOWN]:
        yield cluster.evidence("pods", pod, "status", trouble(pod) or "running, but not ready")
