"""Whether a workload still lacks pods: an event tells what was, the workload's status what is."""

from collections.abc import Mapping
from datetime import timedelta

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS, WORKLOADS
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import (
    CronJob,
    DaemonSet,
    Job,
    ReplicationController,
    Workload,
)

#: How long an event counts for a workload that was not read itself.
_RECENT = timedelta(minutes=15)


def still_short(cluster: Snapshot, workload: object | None, subject: Subject, event: Event) -> bool:
    """Say whether a workload has fewer pods than it wants, or made no job since the event; it may be unknown."""
    plural = next((item for item in WORKLOADS if KINDS[item].kind == subject.kind), "")
    match workload:
        case Workload() | ReplicationController():
            return workload.status.replicas < workload.spec.replicas
        case DaemonSet():
            return workload.status.current_number_scheduled < workload.status.desired_number_scheduled
        case Job():
            wanted = workload.spec.parallelism if workload.spec.parallelism is not None else 1
            return not workload.ended and workload.status.active < wanted
        case CronJob():
            made = workload.status.last_schedule_time
            return made is None or made < event.last_seen
    gone = bool(plural) and cluster.knows(plural)
    return not gone and cluster.now - event.last_seen < _RECENT


def workloads(cluster: Snapshot) -> Mapping[Subject, object]:
    """Give what makes pods, by subject."""
    return {Subject(KINDS[plural].kind, item.name): item for plural in WORKLOADS for item in getattr(cluster, plural)}
