"""Containers that end and are started again, over and over."""

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.starting import refusal_of
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Terminated

#: Seconds within which a run must have ended, and have begun before that, to belong to a loop: the longest back-off is
#: five minutes, and what runs for ten minutes is set back to none.
_LATELY = 600.0
#: Ends that make a loop.
ENDS = 3


def is_looping(cluster: Snapshot, status: ContainerStatus) -> bool:
    """Say whether a container crashes over and over; what never started does not, see starting.py.

    Without a readiness probe it is ready whenever it runs: then it loops until it has outlived its last run.
    """
    done = status.state.terminated is not None and status.state.terminated.exit_code == 0
    if done or refusal_of(status):
        return False
    if status.state.waiting:
        return status.state.waiting.reason == "CrashLoopBackOff"
    end = last_end(status)
    if end is None or end.finished_at is None or status.restart_count < ENDS:
        return False
    short = since(end.finished_at, cluster.now) < _LATELY and since(end.started_at, end.finished_at) < _LATELY
    return short and not (status.ready and has_outlived(cluster, status))


def has_outlived(cluster: Snapshot, status: ContainerStatus) -> bool:
    """Say whether this run lasts for more than twice as long as the one before: it has recovered."""
    running, end = status.state.running, status.last_state.terminated
    if running is None or end is None:
        return False
    return since(running.started_at, cluster.now) > 2 * since(end.started_at, end.finished_at or cluster.now)


def last_end(status: ContainerStatus) -> Terminated | None:
    """Give how the last run ended, where one has."""
    return status.state.terminated or status.last_state.terminated
