"""Read the ends of the logs of containers that are unwell, a few of each workload, each within bounds."""

from collections.abc import Iterator
from functools import partial

from msgspec import Struct

from sickbay.diagnostics.cleaning import clean_log
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.collector.connection import CallError, Connection
from sickbay.diagnostics.platforms.kubernetes.collector.reading import Reading
from sickbay.diagnostics.platforms.kubernetes.snapshot import ContainerLog, Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod

#: Lines and bytes read of one log.
LINES, BYTES = 100, 128 * 1024
#: Seconds that a node's kubelet, through the API server, has to answer for one log.
SECONDS = 5.0
#: Logs read of one workload, whose replicas mostly say the same, and in all.
EACH, MOST = 2, 60
#: Nodes that a gap names before it only counts.
NAMED = 3
#: What a kubelet answers, without a timestamp, of a container that was removed after its pod was listed.
_NO_LOG = b"unable to retrieve container logs for "


class Wanted(Struct, frozen=True):
    """A log to read: that of a container, of its run now or of the `previous` one."""

    pod: Pod
    container: str
    previous: bool


def read_logs(reading: Reading, snapshot: Snapshot) -> tuple[ContainerLog, ...]:
    """Give the logs of the unwell. A pod that is gone meanwhile is no gap."""
    wanted = list(_wanted(snapshot))
    if len(wanted) > MOST:
        reading.note(f"logs of {len(wanted) - MOST} containers", f"at most {MOST} are read: name a scope")
        wanted = wanted[:MOST]
    deaf: dict[str, str] = {}
    coming = [reading.start(partial(_read, reading.connection, one, deaf)) for one in wanted]
    read = [reading.finish("logs", future) for future in coming]
    if deaf:
        named = ", ".join(sorted(deaf)[:NAMED]) + (", …" if len(deaf) > NAMED else "")
        nodes = "node" if len(deaf) == 1 else "nodes"
        reading.note(f"logs of pods on {len(deaf)} {nodes} ({named})", next(iter(deaf.values())))
    return tuple(log for log in read if log is not None)


def _wanted(snapshot: Snapshot) -> Iterator[Wanted]:
    by_owner: dict[Subject, list[Pod]] = {}
    for pod in snapshot.unsteady:
        by_owner.setdefault(snapshot.owner(pod), []).append(pod)
    for pods in by_owner.values():
        found = (
            Wanted(pod, status.name, _restarted(status))
            for pod in pods
            for status in snapshot.container_statuses(pod)
            if unwell(snapshot, pod, status)
        )
        for _, one in zip(range(EACH), found, strict=False):
            yield one


def unwell(snapshot: Snapshot, pod: Pod, status: ContainerStatus) -> bool:
    """Say whether a container's log is worth reading: it ended in error or over and over, or runs and is not ready."""
    if status.state.waiting and status.state.waiting.reason == "CrashLoopBackOff":
        return True
    ends = [state.terminated for state in (status.state, status.last_state) if state.terminated]
    if any(
        end.exit_code != 0 and (end.finished_at is None or end.finished_at >= snapshot.window_start) for end in ends
    ):
        return True
    return status.state.running is not None and not status.ready and not pod.metadata.deletion_timestamp


def _restarted(status: ContainerStatus) -> bool:
    """Say whether the run that is of interest is the one before this: only of the unwell is it asked."""
    return status.last_state.terminated is not None and status.state.terminated is None


def _read(connection: Connection, wanted: Wanted, deaf: dict[str, str]) -> ContainerLog | None:
    """Read one log. `deaf` are the nodes whose kubelet did not answer, with why: they are not asked again."""
    node = wanted.pod.spec.node_name
    if node in deaf:
        return None
    try:
        tail = read_tail(connection, wanted)
    except CallError as error:
        if error.status in {400, 404, 410}:
            return None
        if error.status == 0 or error.status >= 500:
            deaf.setdefault(node, str(error))
            return None
        raise
    if tail is None:
        return None
    return ContainerLog(pod=wanted.pod.name, container=wanted.container, tail=tail, previous=wanted.previous)


def read_tail(connection: Connection, wanted: Wanted, *, lines: int = LINES, most: int = BYTES) -> LogTail | None:
    """Read a log's last lines, of these the first `most` bytes; None where the kubelet has it no more.

    Raises CallError.
    """
    meta = wanted.pod.metadata
    path = f"/api/v1/namespaces/{meta.namespace}/pods/{meta.name}/log"
    query: dict[str, str | int] = {
        "container": wanted.container, "tailLines": lines, "limitBytes": most, "timestamps": "true",
        "previous": "true" if wanted.previous else "false",
    }  # fmt: skip
    body = connection.get(path, query, most=most, tries=1, seconds=SECONDS)
    if body.startswith(_NO_LOG):
        return None
    return LogTail(text=clean_log(body.decode(errors="replace")), cut=len(body) >= most)
