"""Watch a cluster: what changes in it, as it happens, in batches that a later watch can take up after.

A thread for each kind (see streams.py). The cursor is the version of each kind up to which all was told, as JSON. Only
what the role lets be listed and watched is: what it does not is said to be missing, with each batch.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Event as Signal
from typing import Any, TypeAlias, TypeVar

import msgspec

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import DiagnosticsError, PermanentError, TemporaryError
from sickbay.diagnostics.events import Batch
from sickbay.diagnostics.platforms.kubernetes.collector.connection import Connection
from sickbay.diagnostics.platforms.kubernetes.collector.credentials import UnreachableError
from sickbay.diagnostics.platforms.kubernetes.collector.streams import FORBIDDEN, Seen, Stream
from sickbay.diagnostics.platforms.kubernetes.edits import EDITED
from sickbay.diagnostics.platforms.kubernetes.following import (
    Autoscalers,
    ConfigMaps,
    Digests,
    Follower,
    Remembered,
    Specifications,
    Workloads,
)
from sickbay.diagnostics.platforms.kubernetes.following_machines import Fared, Nodes, Pods
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.watched import WatchedConfigMap, WatchedPod, WatchedSpec

R = TypeVar("R", bound=Resource)
S = TypeVar("S")
AnyStream: TypeAlias = (
    Stream[WatchedSpec, Remembered] | Stream[WatchedConfigMap, Digests] | Stream[Node, Node] | Stream[WatchedPod, Fared]
)

#: Seconds between two batches while nothing happens, and in which what happens together is gathered.
HEARTBEAT, GATHER = 10.0, 0.5
#: Events that one batch holds before it is given out, whatever else waits.
MOST_EVENTS = 1_000
#: What an API server tells comes so much after it happened.
LAG = timedelta(seconds=1)
#: Seconds before a cluster that was not reached is tried again.
AGAIN = 5.0
_FOREVER = timedelta(days=3650).total_seconds()
_WORKLOADS = ("deployments", "statefulsets", "daemonsets")


def watch(
    target: KubernetesTarget, cursor: str, stopping: Signal, document: Mapping[str, Any] | None = None
) -> Iterator[Batch]:
    """Watch the cluster from a cursor on (empty: from now) until `stopping`, by the kubeconfig `document` if given.

    Raises TemporaryError where it is not reached, or not any more, PermanentError where RBAC lets nothing be watched.
    """
    connection = Connection(target, Budget(_FOREVER), document)
    try:
        connection.open()
    except UnreachableError as error:
        raise TemporaryError(f"{target.name} cannot be reached: {error.why.message}", delay=AGAIN) from error
    told: SimpleQueue[Seen] = SimpleQueue()
    versions = _versions(cursor)
    streams = list(_streams(connection, versions, told))
    try:
        for stream in streams:
            stream.start()
        while not all(stream.ready.wait(GATHER) for stream in streams):
            if stopping.is_set():
                return
        yield from _batches(target.name, streams, versions, told, stopping)
    finally:
        for stream in streams:
            stream.stop()
        connection.close()


def _streams(connection: Connection, versions: Mapping[str, str], told: "SimpleQueue[Seen]") -> Iterator[AnyStream]:
    def stream(follower: Follower[R, S]) -> Stream[R, S]:
        return Stream(connection, follower, versions.get(follower.kind.plural, ""), told)

    autoscalers = Autoscalers(KINDS["horizontalpodautoscalers"])
    yield stream(autoscalers)
    yield from (stream(Workloads(KINDS[plural], autoscalers.scaled)) for plural in _WORKLOADS)
    yield stream(ConfigMaps(KINDS["configmaps"]))
    yield stream(Nodes(KINDS["nodes"]))
    yield stream(Pods(KINDS["pods"]))
    for plural, kind in EDITED.items():
        if plural != autoscalers.kind.plural:
            yield stream(Specifications(KINDS[plural], kind))


def _batches(
    name: str, streams: Sequence[AnyStream], versions: dict[str, str], told: "SimpleQueue[Seen]", stopping: Signal
) -> Iterator[Batch]:
    """Yield what the streams tell, the first batch at once: from then on all is watched."""
    said, last = dict[str, str](), float("-inf")
    while not stopping.is_set():
        # Before what waits is taken: what happened until then is in it.
        watched = [stream for stream in streams if stream.served and not stream.refused]
        if not watched:
            raise _nothing_watched(name, streams)
        until = min(stream.deaf_since or datetime.now(UTC) - LAG for stream in watched)
        seen = _gathered(told)
        for one in seen:
            versions[one.plural] = one.version
        if failed := next((stream.failure for stream in streams if stream.failure), None):
            raise failed
        refused = {stream.plural: stream.refused for stream in streams if stream.refused}
        lost = {one.plural: one.lost for one in seen if one.lost}
        events = tuple(event for one in seen for event in one.events)
        if events or lost or refused != said or time.monotonic() - last >= HEARTBEAT:
            said, last = refused, time.monotonic()
            # With each batch: of what is refused, nothing is known of the time since the one before.
            why, standing = _sentence(lost | refused), msgspec.json.encode(versions).decode()
            yield Batch(until=until, cursor=standing, events=events, lost=why)


def _sentence(lost: Mapping[str, str]) -> str:
    """Say what is missing, the kinds of one reason together."""
    reasons = dict.fromkeys(lost.values())
    return "; ".join(f"{', '.join(sorted(one for one in lost if lost[one] == why))}: {why}" for why in reasons)


def _nothing_watched(name: str, streams: Sequence[AnyStream]) -> DiagnosticsError:
    reasons = _sentence({stream.plural: stream.refused for stream in streams if stream.refused})
    if all(stream.refused in {"", FORBIDDEN} for stream in streams):
        return PermanentError(f"{name} cannot be watched: {reasons}.")
    return TemporaryError(f"{name} cannot be watched: {reasons}", delay=AGAIN)


def _gathered(told: "SimpleQueue[Seen]") -> Sequence[Seen]:
    """Take what waits, and what comes while it is gathered."""
    seen, events, ends = list[Seen](), 0, time.monotonic() + GATHER
    while events < MOST_EVENTS and (left := ends - time.monotonic()) > 0:
        try:
            seen.append(told.get(timeout=left))
        except Empty:
            break
        events += len(seen[-1].events)
    return seen


def _versions(cursor: str) -> dict[str, str]:
    """Give the version of each kind that a cursor holds; none where it is not one of ours."""
    try:
        return msgspec.json.decode(cursor, type=dict[str, str]) if cursor else {}
    except msgspec.DecodeError:
        return {}
