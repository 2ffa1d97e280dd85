"""A workload cannot make its pods."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.messages import told
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.refusals import FORMS, refusals
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_LONGEST = 300


@check(
    "K8S-W102",
    title="Pods cannot be created",
    severity=Severity.HIGH,
    remedy="Correct what the API server refuses: its answer is in the evidence.",
    explains=("K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def pods_not_created(cluster: Snapshot) -> Iterator[Finding]:
    """A workload has fewer pods than it wants because the API server refuses to create them.

    Recognised by FailedCreate events of its maker of pods (a Deployment's ReplicaSets, a StatefulSet, DaemonSet, Job),
    or by the condition ReplicaFailure, while pods are still missing. The refusal tells the class: a quota, Pod Security
    admission, a webhook that does not answer or says no, a missing service account or priority class, a limit range.
    """
    for subject, refusal in refusals(cluster).items():
        event = refusal.event
        why, cure = told(FORMS, refusal.message) or (refusal.message, "Correct what the API server refuses.")
        yield Finding(
            subject=subject,
            summary=f"Pods of {subject.kind} {subject.name} cannot be created: {why[:_LONGEST].rstrip('. ]')}.",
            evidence=(refusal.evidence,),
            remedy=remedy(cluster, subject, cure, kubectl("describe", subject)),
            first_seen=event.first_seen if event else None,
            last_seen=event.last_seen if event else None,
            count=event.count if event else 1,
        )
