"""Containers that end and are started again, over and over."""

from sickbay.diagnostics.exit_codes import CRASHES, signal_of
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.starting import refusal_of
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Terminated

#: Seconds within which a run must have ended, and have begun before that, to belong to a loop: the longest back-off is
#: five minutes, and what runs for ten minutes is set back to none.
_LATELY = 600.0
#: Seconds in which two restarts fall where there are three in an hour.
_TWO_OF_THREE = 2400.0
#: Ends that make a loop.
_ENDS = 3
#: SIGKILL and SIGTERM: nothing sends itself these.
_STOPS = frozenset({9, 15})


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
    ends = status.restart_count + (status.state.terminated is not None)
    if end is None or end.finished_at is None or ends < _ENDS:
        return False
    short = since(end.finished_at, cluster.now) < _LATELY and since(end.started_at, end.finished_at) < _LATELY
    return short and not (status.ready and has_outlived(cluster, status))


def has_outlived(cluster: Snapshot, status: ContainerStatus) -> bool:
    """Say whether this run lasts for more than twice as long as the one before: it has recovered."""
    running, end = status.state.running, status.last_state.terminated
    if running is None or end is None:
        return False
    return since(running.started_at, cluster.now) > 2 * since(end.started_at, end.finished_at or cluster.now)


def restarts_often(cluster: Snapshot, status: ContainerStatus) -> bool:
    """Say whether the last two starts, of three or more, lie so near that three an hour are to be expected."""
    end = status.last_state.terminated
    lately = end is not None and 0 < since(end.started_at, cluster.now) <= _TWO_OF_THREE
    return lately and status.restart_count >= _ENDS and not has_outlived(cluster, status)


def last_end(status: ContainerStatus) -> Terminated | None:
    """Give how the last run ended, where one has."""
    return status.state.terminated or status.last_state.terminated


def cure_of(end: Terminated | None) -> str:
    """Give what to do about a loop, by how its last run ended."""
    number = signal_of(end.exit_code) if end else None
    if end and end.exit_code in {126, 127}:
        return "Correct the command, or put the program into the image."
    if number in CRASHES:
        return "The program crashed: look at its last lines, and at what changed in this release."
    if number in _STOPS:
        return "Something outside it ended it: see the pod's events for a failing probe, and the node's."
    if end and end.exit_code == 0:
        return "The main process must keep running: start it in the foreground, or make this a Job."
    return "Read its last lines: the application ended itself and says why there."
