"""Follow the events of one engine, across cuts: what they mean is for a Teller to say.

The engine remembers its last 256 events: a stream that was cut is taken up with what was seen last, and where the
engine gives that event again, nothing is missing. An engine that was started anew remembers nothing.
"""

import math
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from typing import Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.errors import TemporaryError
from sickbay.diagnostics.events import Batch, Event, EventKind
from sickbay.diagnostics.platforms.docker.collector.calls import Calls
from sickbay.diagnostics.platforms.docker.collector.collection import engine_clock
from sickbay.diagnostics.platforms.docker.collector.connection import CallError, Connection, UnreachableError
from sickbay.diagnostics.platforms.docker.collector.decoding import ShapeError, decode_lines
from sickbay.diagnostics.platforms.docker.collector.streams import EndedError, Stream
from sickbay.diagnostics.platforms.docker.target import EngineTarget
from sickbay.diagnostics.platforms.docker.wire import engine as wire
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

#: Seconds between two looks at whether to stop, between batches while events come, and while none does.
LOOK, BATCH, QUIET = 0.5, 1.0, 10.0
#: Seconds of silence after which a stream is opened anew: a connection may be dead and nobody say so.
SILENCE = 60.0
#: Seconds that an engine may be away, as it is while it starts anew, and between two attempts to reach it.
PATIENCE, AGAIN = 20.0, 0.5
#: Events that the engine remembers, and seconds in which they have come.
REMEMBERED, REPLAY = 256, 1.0
#: Of these there are as many as containers are probed, and none tells a change.
_UNTOLD = (b'"Action":"exec_', b'"Action":"top"')
_BOOT = "GET /networks/bridge Created"
_BILLION = 10**9
_DECODER = msgspec.json.Decoder(wire.Event)
_BROKEN = (CallError, ShapeError, UnreachableError, EndedError)


class Teller(Protocol):
    """Puts an engine's events into Sickbay's words, and asks it for what they leave out."""

    @property
    def subject(self) -> str:
        """Give the engine as findings name it."""

    @property
    def waits(self) -> bool:
        """Say whether something is kept back that will be clear soon."""

    def look_around(self, connection: Connection, since: datetime | None, now: datetime) -> None:
        """Learn what is there, when a stream begins; what was made `since` is news. Raises CallError, ShapeError."""

    def hear(self, event: wire.Event) -> None:
        """Take in an event."""

    def conclude(self, connection: Connection, until: datetime | None) -> tuple[Event, ...]:
        """Give what is clear by the engine's now, None at the end of the watch. Raises CallError and ShapeError."""


class Cursor(Struct, frozen=True, kw_only=True):
    """Where a watch stands: the last event, by its nanoseconds and who it was about, and the engine that sent it."""

    nano: int = 0
    anchor: str = ""
    version: str = ""
    started: datetime = NEVER


class Watch:
    """One watch of one engine; what its teller knows outlives a stream that is cut."""

    def __init__(self, target: EngineTarget, teller: Teller, cursor: str, stopping: Signal) -> None:
        self._target = target
        self._teller = teller
        self._stopping = stopping
        self._cursor = _read(cursor)
        self._heard_at = (datetime.now(UTC), time.monotonic())

    def batches(self) -> Iterator[Batch]:
        """Give batches until told to stop. Raises TemporaryError where the engine is not reached for 20 s."""
        reached = -math.inf
        while not self._stopping.is_set():
            connection = Connection(self._target, Budget(math.inf, cancelled=self._stopping.is_set))
            try:
                with closing(connection):
                    for batch in self._followed(connection):
                        reached = time.monotonic()
                        yield batch
            except _BROKEN as error:
                if time.monotonic() - reached > PATIENCE:
                    raise TemporaryError(f"{self._target.name} cannot be watched: {error}", delay=QUIET) from error
            self._stopping.wait(AGAIN)

    def _followed(self, connection: Connection) -> Iterator[Batch]:
        """Give batches until the stream ends."""
        version, since = connection.open().version, self._cursor.nano
        parameters = {"since": f"{since // _BILLION}.{since % _BILLION:09d}"} if since else {}
        with connection.stream("/events", parameters, silence=SILENCE) as stream:
            lost, told = self._taken_up(connection, stream, version)
            yield self._batch(connection, lost, told)
            with suppress(EndedError):
                while True:
                    heard = self._heard(stream)
                    if self._stopping.is_set():
                        break
                    if not heard:
                        connection.get("/_ping")
                    yield self._batch(connection)
                yield self._batch(connection)

    def _heard(self, stream: Stream) -> bool:
        """Take in what comes until a batch is due; say whether anything came. Raises EndedError."""
        due, heard = time.monotonic() + (2 * BATCH if self._teller.waits else QUIET), False
        while time.monotonic() < due and not self._stopping.is_set():
            lines = stream.lines(LOOK)
            if lines and not heard:
                heard, due = True, time.monotonic() + BATCH
            for event in _decoded(lines):
                self._teller.hear(event)
            for event in _decoded(lines[-1:], all_of_them=True):
                self._stand(event)
        return heard

    def _stand(self, event: wire.Event) -> None:
        self._cursor = replace(self._cursor, nano=event.time_nano, anchor=_anchor(event))
        self._heard_at = (event.at, time.monotonic())

    def _taken_up(self, connection: Connection, stream: Stream, version: str) -> tuple[str, tuple[Event, ...]]:
        """Take in what the engine remembers since the cursor; say what is lost, and what became of the engine."""
        calls, before, started = Calls(connection), self._cursor, NEVER
        if not connection.podman:
            with suppress(CallError, ShapeError):
                started = calls.network_made("bridge")
        remembered = _remembered(stream) if before.nano else ()
        anchors = [place for place, event in enumerate(remembered) if (event.time_nano, _anchor(event)) == _key(before)]
        for event in remembered[anchors[-1] + 1 :] if anchors else remembered:
            if event.time_nano > before.nano or anchors:
                self._teller.hear(event)
                self._stand(event)
        since = _moment(before.nano) if before.nano else None
        self._teller.look_around(connection, since, self._now())
        nano = self._cursor.nano or int(engine_clock(calls.info().system_time).timestamp() * _BILLION)
        self._cursor = replace(self._cursor, nano=nano, version=version, started=started)
        if not before.nano or connection.podman:
            return "", ()
        forgotten = bool(before.anchor) and not anchors
        overrun = len(remembered) >= REMEMBERED
        known = NEVER not in {before.started, started}
        restarted = before.started != started if known else forgotten and not overrun
        told = tuple(self._engine(before, self._cursor, restarted=restarted))
        if restarted:
            return f"the engine was started anew at {told[-1].at:%H:%M:%S} UTC and remembers nothing before", told
        lost = overrun and not anchors
        return f"more happened than the {REMEMBERED} events that the engine remembers" if lost else "", told

    def _engine(self, before: Cursor, now: Cursor, *, restarted: bool) -> Iterator[Event]:
        at = now.started if now.started > NEVER else datetime.now(UTC)
        subject = self._teller.subject
        if before.version not in {"", now.version}:
            yield Event(
                at=at, source="GET /version", subject=subject, kind=EventKind.ENGINE, field="Version",
                before=before.version, after=now.version,
            )  # fmt: skip
        if restarted:
            yield Event(at=at, source=_BOOT, subject=subject, kind=EventKind.ENGINE, field="engine", after="started")

    def _batch(self, connection: Connection, lost: str = "", told: tuple[Event, ...] = ()) -> Batch:
        events = self._teller.conclude(connection, None if self._stopping.is_set() else self._now())
        cleaned = tuple(_cleaned(event) if event.kind.is_change else event for event in events)
        cursor = msgspec.json.encode(self._cursor).decode()
        return Batch(until=datetime.now(UTC), cursor=cursor, events=(*told, *cleaned), lost=lost)

    def _now(self) -> datetime:
        """Give the engine's now, by its own events: its clock may differ from ours, and jump."""
        at, heard = self._heard_at
        return at + timedelta(seconds=time.monotonic() - heard)


def _remembered(stream: Stream) -> tuple[wire.Event, ...]:
    """Give what the engine sends at once when it is asked for what it remembers. Raises EndedError."""
    events, ends = list[wire.Event](), time.monotonic() + REPLAY
    while time.monotonic() < ends:
        events += _decoded(stream.lines(REPLAY / 4), all_of_them=True)
    return tuple(events)


def _decoded(lines: list[bytes], *, all_of_them: bool = False) -> Iterator[wire.Event]:
    for line in lines:
        if not all_of_them and any(mark in line for mark in _UNTOLD):
            continue
        try:
            yield _DECODER.decode(line)
        except msgspec.DecodeError:
            with suppress(ShapeError):
                yield from decode_lines(line, wire.Event)


def _cleaned(event: Event) -> Event:
    """Clean what people wrote into labels and names of images; secrets among labels are hidden already."""
    before, after, actor = clean(event.before), clean(event.after), clean(event.actor)
    return replace(event, field=clean(event.field), before=before, after=after, actor=actor)


def _anchor(event: wire.Event) -> str:
    return f"{event.type} {event.action} {event.actor.id}"[:120]


def _key(cursor: Cursor) -> tuple[int, str]:
    return (cursor.nano, cursor.anchor)


def _read(cursor: str) -> Cursor:
    """Give the cursor that a batch carried; one that cannot be read is as good as none."""
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(cursor, type=Cursor)
    return Cursor()


def _moment(nano: int) -> datetime:
    return datetime.fromtimestamp(nano / _BILLION, UTC)
