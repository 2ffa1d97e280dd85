"""The watch of one kind of objects: a list, then what changes after it, however often the API server ends the watch."""

import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Generic, TypeVar

import urllib3
from msgspec import Struct

from sickbay.diagnostics.events import Event
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.collector.connection import CallError, Connection, Query
from sickbay.diagnostics.platforms.kubernetes.collector.decoding import ShapeError, decode, decode_page, next_page
from sickbay.diagnostics.platforms.kubernetes.collector.obstacles import TRANSPORT_ERRORS
from sickbay.diagnostics.platforms.kubernetes.collector.reading import PAGE
from sickbay.diagnostics.platforms.kubernetes.following import Follower
from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource
from sickbay.diagnostics.platforms.kubernetes.wire.watched import Versioned, WatchEvent

R = TypeVar("R", bound=Resource)
S = TypeVar("S")

#: What is there by its uid: its name, and what is remembered of it.
_Known = dict[str, tuple[str, S]]

#: Seconds for which the API server is asked to keep a watch open, and in which it sends a bookmark at the least.
WATCH_SECONDS, QUIET_SECONDS = 300, 120.0
#: Seconds before a watch that failed, or ended at once, is opened again: doubled from the first to the last.
FIRST_DELAY, LAST_DELAY = 0.5, 30.0
#: Failures in a row after which a kind is given up for now.
PATIENCE = 4
#: Seconds until a kind that RBAC refuses is asked for again.
REFUSED_DELAY = 600.0
FORBIDDEN = "RBAC refuses to list and watch them"
_CHUNK = 256 * 1024
_OF_OBJECTS = frozenset({"ADDED", "MODIFIED", "DELETED"})
_REFUSED, _NOT_FOUND, _GONE = 403, 404, 410


class Seen(Struct, frozen=True, kw_only=True):
    """What one look brought: up to which version of its kind, and what cannot be had of the time before it."""

    plural: str
    version: str
    events: tuple[Event, ...] = ()
    lost: str = ""


class Stream(Generic[R, S]):
    """Follows one kind from a version on (from now where that is empty) in a thread of its own, into a queue.

    `deaf_since` is the moment from which on nothing is known, None while the watch is open. `ready` is set once the
    watch has begun, or cannot: then `refused` says why (for now: it is tried again), or the kind is not served here.
    """

    def __init__(
        self, connection: Connection, follower: Follower[R, S], version: str, told: "SimpleQueue[Seen]"
    ) -> None:
        self.plural = follower.kind.plural
        self.ready = threading.Event()
        self.refused = ""
        self.served = True
        self.deaf_since: datetime | None = datetime.now(UTC)
        self.failure: Exception | None = None
        self._connection = connection
        self._follower = follower
        self._version = version
        self._told = told
        self._known: _Known[S] | None = None
        self._api = 0
        self._failures = 0
        self._over = threading.Event()
        self._answer: urllib3.BaseHTTPResponse | None = None

    def start(self) -> None:
        """Begin."""
        # A daemon: what hangs in a call must not keep the process.
        threading.Thread(target=self._run, name=f"watch {self.plural}", daemon=True).start()

    def stop(self) -> None:
        """End as soon as the call under way lets go, which it is told to."""
        self._over.set()
        if (answer := self._answer) is not None and isinstance(answer, urllib3.HTTPResponse):
            try:
                answer.shutdown()
            except (ValueError, RuntimeError, *TRANSPORT_ERRORS):
                return

    def _run(self) -> None:
        delay = FIRST_DELAY
        try:
            while self.served and not self._over.is_set():
                began, pause = time.monotonic(), 0.0
                try:
                    self._turn()
                except CallError as error:
                    pause = self._after(error)
                except (ShapeError, *TRANSPORT_ERRORS) as error:
                    self._failed(str(error))
                # One that ends at once, again and again, must not be asked for all the time.
                long = time.monotonic() - began > 1.0
                delay = FIRST_DELAY if long else min(2 * delay, LAST_DELAY)
                self._over.wait(max(pause, 0.0 if long else delay))
        except Exception as error:
            self.failure = error
        finally:
            self.ready.set()

    def _after(self, error: CallError) -> float:
        """Give the seconds to wait after a refusal."""
        if error.status == _GONE:
            self._version = ""
            return 0.0
        if error.status == _NOT_FOUND:
            self._api += 1
            self.served = self._api < len(self._follower.kind.apis)
            return 0.0
        if error.status == _REFUSED:
            self.refused = FORBIDDEN
            self.ready.set()
            return REFUSED_DELAY
        self._failed(str(error))
        return error.retry_after

    def _failed(self, why: str) -> None:
        """Count a failure; after a few, the kind is given up for now, so that the others are told of."""
        self._failures += 1
        if self._failures >= PATIENCE:
            self.refused = f"they cannot be watched: {why}"
            self.ready.set()

    def _turn(self) -> None:
        """List where that is needed, then watch until the watch ends."""
        if self._known is None or not self._version:
            began = datetime.now(UTC)
            self._list()
            self.deaf_since = began
            self.ready.set()
        query: Query = {
            "watch": "true", "allowWatchBookmarks": "true", "resourceVersion": self._version,
            "timeoutSeconds": WATCH_SECONDS,
        }  # fmt: skip
        answer = self._connection.stream(self._path, query, seconds=QUIET_SECONDS)
        self._answer, self.deaf_since, self._failures, self.refused = answer, None, 0, ""
        self.ready.set()
        try:
            for line in _lines(answer):
                self._take(line)
                if self._over.is_set():
                    return
        finally:
            self._answer, self.deaf_since = None, datetime.now(UTC)
            answer.close()

    @property
    def _path(self) -> str:
        kind = self._follower.kind
        return kind.path(kind.apis[self._api])

    def _list(self) -> None:
        """Learn what is there: as it was where the last watch ended if the API server still has that, else as it is."""
        lost = ""
        if self._known is None and self._version:
            try:
                self._known, self._version, _ = self._read(self._version, None)
            except CallError as error:
                if error.status != _GONE:
                    raise
                lost = "the API server has forgotten how they were when they were last watched"
            else:
                return
        elif self._known is not None:
            lost = "the API server has forgotten what came and went since they were last heard of"
        self._known, self._version, events = self._read("", self._known)
        self._tell(events, lost)

    def _read(self, as_of: str, before: _Known[S] | None) -> tuple[_Known[S], str, list[Event]]:
        """List all, as of a version where one is given; give it with its version, and what changed since `before`."""
        known: _Known[S] = {}
        version, token, events, now = "", "", list[Event](), datetime.now(UTC)
        while True:
            query: Query = {"limit": PAGE}
            if token:
                query = {**query, "continue": token}
            elif as_of:
                query = {**query, "resourceVersion": as_of, "resourceVersionMatch": "Exact"}
            body = self._connection.get(self._path, query)
            version = version or decode(body, Versioned).metadata.resource_version
            if as_of and version != as_of:
                raise CallError("it does not tell of the past", _GONE)  # a server that does not know `Exact`
            items, _ = decode_page(body, self._follower.shape)
            for item in items:
                if before is not None:
                    events += self._differing(item, before.get(item.metadata.uid), now)
                known[item.metadata.uid] = (item.name, self._follower.state(item))
            if self._over.is_set() or not (token := next_page(body)):
                break
        for uid in (before or {}).keys() - known.keys():
            events += self._gone((before or {})[uid][0], now)
        return known, version, events

    def _take(self, line: bytes) -> None:
        """Take in one line of the watch. Raises CallError for one that ends it, ShapeError for one that is none."""
        told = decode(line, WatchEvent)
        about = decode(bytes(told.object), Versioned)
        if told.type == "ERROR":
            raise CallError(about.message, about.code)
        events, known = list[Event](), self._known
        if told.type in _OF_OBJECTS and known is not None:
            item, now = decode(bytes(told.object), self._follower.shape), datetime.now(UTC)
            uid = item.metadata.uid
            if told.type == "DELETED":
                known.pop(uid, None)
                events += self._gone(item.name, item.metadata.deletion_timestamp or now)
            else:
                events += self._differing(item, known.get(uid), now)
                known[uid] = (item.name, self._follower.state(item))
        self._version = about.metadata.resource_version or self._version
        self._tell(events)

    def _differing(self, item: R, before: tuple[str, S] | None, now: datetime) -> Iterator[Event]:
        if before is None:
            yield from self._follower.made(item)
        else:
            yield from self._follower.changed(item, before[1], now)

    def _gone(self, name: str, now: datetime) -> Iterator[Event]:
        return self._follower.gone(Subject(self._follower.kind.kind, name), now)

    def _tell(self, events: Iterable[Event], lost: str = "") -> None:
        self._told.put(Seen(plural=self.plural, version=self._version, events=tuple(events), lost=lost))


def _lines(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """Yield the lines of a body as they come; one that was cut off is left out."""
    rest = b""
    while chunk := answer.read1(_CHUNK):
        *lines, last = chunk.split(b"\n")
        if lines:
            yield from filter(None, (rest + lines[0], *lines[1:]))
            rest = last
        else:
            rest += last
