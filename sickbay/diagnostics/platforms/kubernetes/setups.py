"""Pods that have a node but not yet their network or volumes: what the kubelet's events say stands in the way."""

from collections.abc import Iterator, Sequence

from sickbay.diagnostics.model import Evidence, Finding, Subject
from sickbay.diagnostics.platforms.kubernetes.grouping import Group, by_workload, last_end, unstarted
from sickbay.diagnostics.platforms.kubernetes.messages import Form, capitalized, told
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl, remedy
from sickbay.diagnostics.platforms.kubernetes.siblings import difference
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: Events of one pod that are shown.
_SHOWN = 2


def failures(
    cluster: Snapshot, reasons: tuple[str, ...], forms: Sequence[Form], otherwise: tuple[str, str]
) -> Iterator[Finding]:
    """Yield a finding for each workload whose pods wait while events of these reasons tell why.

    A pod's events may tell several classes, of which the first in `forms` counts; none of them is `otherwise`.
    """
    for group in by_workload(cluster, _waiting(cluster, reasons)):
        pod, events = group.first
        why, cure = told(forms, "\n".join(event.message for event in events)) or otherwise
        yield Finding(
            subject=group.subject,
            summary=f"{capitalized(group.share)} cannot start: {why}.{difference(cluster, group)}",
            evidence=tuple(_evidence(cluster, group)),
            remedy=remedy(cluster, group.subject, cure, kubectl("describe", Subject("pod", pod.name))),
            first_seen=min(event.first_seen for event in events),
            last_seen=events[-1].last_seen,
            count=len(group.members),
        )


def _waiting(cluster: Snapshot, reasons: tuple[str, ...]) -> Iterator[tuple[Pod, str, Sequence[Event]]]:
    for pod in unstarted(cluster):
        ended = last_end(pod)
        if events := [event for event in cluster.events_of("Pod", pod.name, *reasons) if event.last_seen > ended]:
            yield pod, "", events


def _evidence(cluster: Snapshot, group: Group[str, Sequence[Event]]) -> Iterator[Evidence]:
    for number, (_, events) in enumerate(group.shown):
        yield from map(cluster.event_evidence, events[-1 if number else -_SHOWN :])
