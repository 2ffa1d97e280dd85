"""Watch an AKS cluster: its Kubernetes part as any other, and beside it Azure's activity log, again and again.

The log tells of an operation minutes after it, and of its end later still: it is read some way back each time.
"""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew
from sickbay.diagnostics.errors import CancelledError, TemporaryError
from sickbay.diagnostics.events import Batch, Event, Moment
from sickbay.diagnostics.platforms.aks import rights
from sickbay.diagnostics.platforms.aks.changes import Change, operations
from sickbay.diagnostics.platforms.aks.changing import changed
from sickbay.diagnostics.platforms.aks.collector.activity import read_activity
from sickbay.diagnostics.platforms.aks.collector.behind import NoKubeconfigError, handed_out, reached
from sickbay.diagnostics.platforms.aks.collector.connection import Connection, resource_id
from sickbay.diagnostics.platforms.aks.collector.decoding import ShapeError
from sickbay.diagnostics.platforms.aks.collector.obstacles import CallError, UnreachableError, reason
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.kubernetes.collector.watching import watch as watch_kubernetes
from sickbay.diagnostics.targets import Request

#: Seconds between two looks at the log, which one may take, and between two batches where there is nothing else.
EVERY, LONGEST, QUIET = 120.0, 60.0, 10.0
#: Seconds before a cluster whose credentials could not be had is tried again.
AGAIN = 30.0
#: So long after it began, an operation may end, or be told of.
_LATE = timedelta(hours=2)
#: Said of all the time, where it is so.
_NO_WAY = "the target names no way to its Kubernetes API: what changes in the cluster is not seen"
_FOREVER = timedelta(days=3650).total_seconds()


class Where(Struct, frozen=True, kw_only=True):
    """Where a watch stands: that of the Kubernetes part, since and until when the log was read, and what it told."""

    since: Moment
    read: Moment
    kubernetes: str = ""
    told: Mapping[str, Moment] = {}


def watch(target: AksTarget, cursor: str, stopping: Signal) -> Iterator[Batch]:
    """Watch the cluster from a cursor on (empty: from now) until `stopping`.

    Raises as the watch of a Kubernetes cluster does, and TemporaryError where Azure hands out no credentials to it.
    """
    yield from _Watch(target, cursor, stopping).batches()


class _Watch:
    """The watch beneath, and beside it a thread that reads the log now and then."""

    def __init__(self, target: AksTarget, cursor: str, stopping: Signal) -> None:
        self._target = target
        self._stopping = stopping
        self._where = _where(cursor)
        self._crew = Crew(1, Budget(_FOREVER, cancelled=stopping.is_set))
        self._coming: Future[Snapshot] | None = None
        self._again = 0.0
        self._unread = ""

    def batches(self) -> Iterator[Batch]:
        """Give the batches of the Kubernetes part, with what the log told meanwhile."""
        try:
            for batch in self._beneath():
                events, lost = self._logged()
                self._where = replace(self._where, kubernetes=batch.cursor)
                yield replace(
                    batch,
                    cursor=msgspec.json.encode(self._where).decode(),
                    events=(*batch.events, *events),
                    lost="; ".join(filter(None, (batch.lost, lost))),
                )
        except CancelledError:
            return
        finally:
            self._crew.close()

    def _beneath(self) -> Iterator[Batch]:
        """Watch the Kubernetes part; without a way to it, give an empty batch now and then."""
        target = self._target
        if target.kubeconfig or target.context or target.user_credentials:
            document = self._crew.wait(self._crew.submit(self._handed_out)) if target.user_credentials else None
            yield from watch_kubernetes(reached(target), self._where.kubernetes, self._stopping, document)
            return
        while not self._stopping.is_set():
            yield Batch(until=datetime.now(UTC), lost=_NO_WAY)
            self._stopping.wait(QUIET)

    def _handed_out(self) -> Mapping[str, Any]:
        connection = self._connection()
        try:
            return handed_out(connection, self._target)
        except UnreachableError as error:
            why = error.why.text
        except CallError as error:
            why = reason(error, rights.USER_CREDENTIALS)
        except NoKubeconfigError as error:
            why = str(error)
        finally:
            connection.close()
        raise TemporaryError(f"{self._target.name} cannot be watched: {why}", delay=AGAIN)

    def _logged(self) -> tuple[tuple[Event, ...], str]:
        """Give what the log told, where it was read meanwhile, or why it cannot be; begin the next look."""
        coming = self._coming
        if coming is None and time.monotonic() >= self._again:
            self._coming = self._crew.submit(self._read)
        if coming is None or not coming.done():
            return (), self._unread
        self._coming, self._again = None, time.monotonic() + EVERY
        try:
            seen, unread = coming.result(), ""
        except UnreachableError as error:
            seen, unread = None, error.why.text
        except CallError as error:
            seen, unread = None, reason(error, rights.ACTIVITY)
        except ShapeError as error:
            seen, unread = None, str(error)
        self._unread = f"{rights.ACTIVITY.what}: {unread}" if unread else ""
        return self._news(seen) if seen else (), self._unread

    def _read(self) -> Snapshot:
        """Read the log from somewhat before it was last read. Raises UnreachableError, CallError and ShapeError."""
        target, now = self._target, datetime.now(UTC)
        request = Request(window=max(now - self._where.read, timedelta()) + _LATE, changes=True)
        seen = Snapshot(request=request, taken_at=now, name=target.name, id=resource_id(target))
        connection = self._connection()
        try:
            connection.open()
            return replace(seen, activity=read_activity(connection, target, seen))
        finally:
            connection.close()

    def _connection(self) -> Connection:
        # One for each look: a token holds for an hour.
        return Connection(self._target, Budget(LONGEST, cancelled=self._stopping.is_set))

    def _news(self, seen: Snapshot) -> tuple[Event, ...]:
        """Give the operations that ended and were not told yet."""
        ended = {_key(change): change for change in operations(seen) if change.ended}
        new = [change for key, change in ended.items() if key not in self._where.told]
        told = {**self._where.told, **{key: change.at for key, change in ended.items()}}
        kept = {key: at for key, at in told.items() if at >= seen.taken_at - 2 * _LATE}
        since, self._where = self._where.since, replace(self._where, read=seen.taken_at, told=kept)
        return tuple(changed(seen, change) for change in reversed(new) if change.began >= since)


def _key(change: Change) -> str:
    return f"{change.event.correlation_id or change.event.resource_id} {change.event.operation_name.value.lower()}"


def _where(cursor: str) -> Where:
    """Give where a cursor stands; from now on where it is not one of ours."""
    try:
        return msgspec.json.decode(cursor, type=Where)
    except msgspec.MsgspecError:
        now = datetime.now(UTC)
        return Where(since=now, read=now)
