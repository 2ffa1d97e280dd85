"""A workload cannot make its pods."""

from collections.abc import Iterator, Mapping

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.messages import Form, told
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.shortfalls import still_short, workloads
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event

_FORMS = (
    Form(r"exceeded quota: ([^,\s]+), (requested: .+)", "quota {0} is used up ({1})",
         "Raise the quota, or lower what its namespace asks for."),
    Form(r"failed quota: ([^:\s]+): must specify ([^\s;]+)", "quota {0} wants every pod to say {1}",
         "Give the containers requests and limits, or the namespace a LimitRange with defaults."),
    Form(r'violates PodSecurity "([^"]+)": (.+)', "Pod Security admission ({0}) refuses them: {1}",
         "Give the pod the securityContext that the namespace's level asks for, or lower that level on purpose."),
    Form(r"pod ?security ?policy",
         "no PodSecurityPolicy admits them", "Let the service account use a policy that fits, or change the pod."),
    Form(r'failed calling webhook "([^"]+)": (.+)', "webhook {0} does not answer ({1})",
         "Restore the webhook's service; while it is down its failurePolicy decides."),
    Form(r'admission webhook "([^"]+)" denied the request:? ?(.*)', "webhook {0} refuses them: {1}",
         "Change the pod as the webhook asks, or the webhook's policy."),
    Form(r'error looking up service account ([^:\s]+)', "service account {0} is not there",
         "Create the service account, or correct serviceAccountName."),
    Form(r"((?:maximum|minimum) \S+ usage per .+|\S+ max limit to request ratio per .+)",
         "a LimitRange refuses them: {0}", "Bring requests and limits within the namespace's LimitRange."),
    Form(r"no PriorityClass with name (\S+) was found", "priority class {0} is not there",
         "Create the priority class, or correct priorityClassName."),
    Form(r"because it is being terminated", "their namespace is being deleted", "Use another namespace."),
)  # fmt: skip
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
    for subject, (message, evidence, event) in _refusals(cluster).items():
        why, cure = told(_FORMS, message) or (message, "Correct what the API server refuses.")
        yield Finding(
            subject=subject,
            summary=f"Pods of {subject.kind} {subject.name} cannot be created: {why[:_LONGEST].rstrip('. ]')}.",
            evidence=(evidence,),
            remedy=remedy(cluster, subject, cure, kubectl("describe", subject)),
            first_seen=event.first_seen if event else None,
            last_seen=event.last_seen if event else None,
            count=event.count if event else 1,
        )


def _refusals(cluster: Snapshot) -> Mapping[Subject, tuple[str, Evidence, Event | None]]:
    """Give the latest refusal of each workload that still lacks pods."""
    found: dict[Subject, tuple[str, Evidence, Event | None]] = {}
    for subject, message, evidence in _conditions(cluster):
        found[subject] = (message, evidence, None)
    latest: dict[Subject, Event] = {}
    for event in cluster.events:
        if event.reason == "FailedCreate" and event.last_seen >= cluster.window_start:
            subject = cluster.maker(event.involved_object)
            if subject not in latest or event.last_seen >= latest[subject].last_seen:
                latest[subject] = event
    known = workloads(cluster) if latest else {}
    for subject, event in latest.items():
        if subject in found or still_short(cluster, known.get(subject), subject, event):
            found[subject] = (event.message, cluster.event_evidence(event), event)
    return found


def _conditions(cluster: Snapshot) -> Iterator[tuple[Subject, str, Evidence]]:
    for plural, kind, items in (
        ("deployments", "deployment", cluster.deployments),
        ("replicationcontrollers", "replicationcontroller", cluster.replicationcontrollers),
    ):
        for workload in items:
            for item in workload.status.conditions:
                if item.type == "ReplicaFailure" and item.status == "True" and item.reason == "FailedCreate":
                    evidence = cluster.evidence(plural, workload, "status.conditions[ReplicaFailure]", item.message)
                    yield Subject(kind, workload.name), item.message, evidence
