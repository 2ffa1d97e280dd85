"""Refusals of the API server to create a workload's pods: why, by class, and what to do about each."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Subject
from sickbay.diagnostics.platforms.kubernetes.messages import Form
from sickbay.diagnostics.platforms.kubernetes.shortfalls import still_short, workloads
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event

FORMS = (
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


class Refusal(Struct, frozen=True):
    """The latest refusal of one workload, and the event that tells it, where one still does."""

    message: str
    evidence: Evidence
    event: Event | None = None


def refusals(cluster: Snapshot) -> Mapping[Subject, Refusal]:
    """Give the latest refusal of each workload that still lacks pods."""
    found: dict[Subject, Refusal] = {}
    for subject, message, evidence in _conditions(cluster):
        found[subject] = Refusal(message, evidence)
    latest: dict[Subject, Event] = {}
    for event in _latest_by_maker(cluster):
        subject = cluster.maker(event.involved_object)
        if subject not in latest or event.last_seen >= latest[subject].last_seen:
            latest[subject] = event
    known = workloads(cluster) if latest else {}
    for subject, event in latest.items():
        if subject in found or still_short(cluster, known.get(subject), subject, event):
            found[subject] = Refusal(event.message, cluster.event_evidence(event), event)
    return found


def _latest_by_maker(cluster: Snapshot) -> Iterable[Event]:
    """Give the latest refusal of each maker of pods: there may be thousands of one."""
    latest: dict[tuple[str, str, str], tuple[datetime, Event]] = {}
    start = cluster.window_start
    for event in cluster.events:
        if event.reason == "FailedCreate" and (seen := event.last_seen) >= start:
            thing = event.involved_object
            key = (thing.kind, thing.namespace, thing.name)
            if key not in latest or seen >= latest[key][0]:
                latest[key] = seen, event
    return (event for _, event in latest.values())


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
