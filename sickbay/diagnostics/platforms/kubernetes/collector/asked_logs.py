"""The logs that a person asked for: of a pod, or of the pods behind a workload or service, the unwell first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sickbay.diagnostics.asked_logs import FEWER, compared, for_comparison, room, told, unwritten
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.errors import PermanentError, UnknownScopeError
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import LOG_BYTES, LOG_LINES, MOST_LOGS, Log
from sickbay.diagnostics.platforms.kubernetes.collector import related
from sickbay.diagnostics.platforms.kubernetes.collector.connection import CallError, Connection
from sickbay.diagnostics.platforms.kubernetes.collector.credentials import UnreachableError
from sickbay.diagnostics.platforms.kubernetes.collector.logs import Wanted, read_tail, unwell
from sickbay.diagnostics.platforms.kubernetes.collector.objects import Objects
from sickbay.diagnostics.platforms.kubernetes.collector.reading import Reading
from sickbay.diagnostics.platforms.kubernetes.collector.scope import Place, parse
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.platforms.kubernetes.troubles import trouble
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod
from sickbay.diagnostics.targets import Request

#: Pods of one workload whose logs are read: replicas mostly say the same.
PODS = 5
#: What a pod's log needs of the cluster before its pods are known.
_BETWEEN = {"cronjobs": "jobs", "ingresses": "services"}


def read_logs(
    target: KubernetesTarget, request: Request, budget: Budget, document: Mapping[str, Any] | None = None
) -> tuple[Log, ...]:
    """Read the logs of each container of what the scope names, by the kubeconfig `document` where one is given.

    Where a container was restarted, the log of the run before comes first. Raises UnknownScopeError, CancelledError,
    and PermanentError where none can be read.
    """
    place = parse(request.scope)
    if not place.name:
        raise UnknownScopeError(f"{request.scope!r} has no log of its own: name a pod or a workload, NAMESPACE/NAME.")
    reading = Reading(Connection(target, budget, document), budget)
    try:
        reading.open()
        return _read(reading, place, Snapshot(request=request, taken_at=datetime.now(UTC), cluster="", address=""))
    except UnreachableError as error:
        raise PermanentError(f"{target.name} cannot be reached: {error.why.message}") from error
    except OutOfTimeError as error:
        raise PermanentError(f"{target.name} did not answer in time.") from error
    finally:
        reading.close()


def _read(reading: Reading, place: Place, cluster: Snapshot) -> tuple[Log, ...]:
    pods = sorted(_pods(reading, place), key=lambda pod: (not _ails(cluster, pod), not pod.alive, pod.name))
    if cluster.request.siblings:
        pods = list(for_comparison(pods, lambda pod: _ails(cluster, pod), PODS))
    wanted = {name: one for pod in pods[:PODS] for name, one in _wanted(cluster, pod)}
    if not wanted:
        waits = next(filter(None, map(trouble, pods)), "they are starting")
        why = f"no container of its pods has run yet: {waits}" if pods else "there are no pods behind it"
        if reasons := _reasons(reading):
            return told({cluster.request.scope: reasons})
        raise unwritten(cluster.request.scope, why)
    unwell = {name for name, one in wanted.items() if _ails(cluster, one.pod)}
    waiting = any(pod.alive and not any(_wanted(cluster, pod)) for pod in pods)
    if cluster.request.siblings and waiting and not unwell:
        raise unwritten(cluster.request.scope, "those of its pods that are unwell have not run yet")
    names = list(wanted)[: room(len(wanted) + len(pods[PODS:]))]
    if cluster.request.siblings:
        names = list(for_comparison(list(wanted), unwell.__contains__, MOST_LOGS))
    coming = {name: reading.start(partial(_tail, reading, wanted[name])) for name in names}
    read = {name: reading.finish("logs", future) for name, future in coming.items()}
    found = {name: tail or _reasons(reading) for name, tail in read.items()}
    if cluster.request.siblings:
        return compared(found, unwell)
    left_out = dict.fromkeys(
        pod.name for pod in (*(wanted[name].pod for name in wanted if name not in found), *pods[PODS:])
    )
    return told(found, tuple(left_out))


def _pods(reading: Reading, place: Place) -> Sequence[Pod]:
    """Give the pods behind what the scope names. Raises UnknownScopeError; a claim has pods that use it."""
    objects = Objects(reading)
    named = related.read_named(reading, objects, place)
    for plural in {_BETWEEN[plural] for plural, _ in named if plural in _BETWEEN}:
        objects.finish({plural: objects.start(plural, place.namespace)})
    related.add_pods(objects, place.namespace, named)
    pods = objects.all("pods", Pod)
    if {plural for plural, _ in named} == {"persistentvolumeclaims"}:
        return [pod for pod in pods if place.name in pod.spec.claims]
    return pods


def _ails(cluster: Snapshot, pod: Pod) -> bool:
    return any(unwell(cluster, pod, status) for status in cluster.container_statuses(pod))


def _wanted(cluster: Snapshot, pod: Pod) -> Iterator[tuple[str, Wanted]]:
    """Yield the logs of a pod by name: the pod's, with the container's where it has several."""
    statuses = [status for status in cluster.container_statuses(pod) if _has_run(status) and not _prepared(pod, status)]
    for status in sorted(statuses, key=lambda status: not unwell(cluster, pod, status)):
        name = f"{pod.metadata.name}/{status.name}" if len(statuses) > 1 else pod.metadata.name
        if status.state.running and status.last_state.terminated:
            yield f"{name} (previous)", Wanted(pod, status.name, previous=True)
        yield name, Wanted(pod, status.name, previous=False)


def _has_run(status: ContainerStatus) -> bool:
    return not status.state.waiting or status.last_state.terminated is not None


def _prepared(pod: Pod, status: ContainerStatus) -> bool:
    """Say whether it is an init container that has done its work."""
    end = status.state.terminated
    return end is not None and not end.exit_code and status in pod.status.init_container_statuses


def _tail(reading: Reading, wanted: Wanted) -> LogTail | str:
    """Read one log, fewer lines of it where they are too large, or give the API server's own word for why not."""
    lines = LOG_LINES
    try:
        tail = read_tail(reading.connection, wanted, lines=lines, most=LOG_BYTES)
        while tail and tail.cut and lines >= FEWER:
            lines //= FEWER
            tail = read_tail(reading.connection, wanted, lines=lines, most=LOG_BYTES)
    except CallError as error:
        if error.status == 403:
            raise
        return str(error)
    return tail or "the node has it no more"


def _reasons(reading: Reading) -> str:
    return "; ".join(f"{gap.what}: {gap.reason}" for gap in reading.gaps)
