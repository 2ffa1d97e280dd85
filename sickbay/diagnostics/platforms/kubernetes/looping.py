"""Containers that end and are started again, over and over."""

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.starting import refusal_of
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Terminated

#: Seconds within which a run must have ended, and have begun before that, to belong to a loop: the longest back-off is
#: five minutes, and what runs for ten minutes is set back to none.
_LATELY = 600.0
_ENDS = 3


def is_looping(cluster: Snapshot, status: ContainerStatus) -> bool:
    """Say whether a container crashes over and over; what never started does not, see starting.py."""
    if refusal_of(status):
        return False
    if status.state.waiting:
        return status.state.waiting.reason == "CrashLoopBackOff"
    end = last_end(status)
    if end is None or end.finished_at is None or status.ready or status.restart_count < _ENDS:
        return False
    return since(end.finished_at, cluster.now) < _LATELY and since(end.started_at, end.finished_at) < _LATELY


def last_end(status: ContainerStatus) -> Terminated | None:
    """Give how the last run ended, where one has."""
    return status.state.terminated or status.last_state.terminated
