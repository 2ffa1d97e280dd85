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
from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.errors import TemporaryError
from sickbay.diagnostics.events import Batch, Event
from sickbay.diagnostics.platforms.docker.collector.calls import Calls
from sickbay.diagnostics.platforms.docker.collector.collection import engine_clock
from sickbay.diagnostics.platforms.docker.collector.connection import CallError, Connection, UnreachableError
from sickbay.diagnostics.platforms.docker.collector.decoding import ShapeError, decode_lines
from sickbay.diagnostics.platforms.docker.collector.resuming import Resumption, anchor, read
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
#: Seconds after which an engine that sends nothing more has sent what it remembers; however it trickles, no longer.
REPLAY, _LONGEST_REPLAY = 1.0, 10.0
#: Of these there are as many as containers are probed, and none tells a change.
_UNTOLD = (b'"Action":"exec_', b'"Action":"top"')
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

    @property
    def unseen(self) -> str:
        """Say, in a sentence, what of the engine cannot be seen, whatever happens; empty where all can."""

    def look_around(self, connection: Connection, since: datetime | None, now: datetime) -> None:
        """Learn what is there, when a stream begins; what was made `since` is news. Raises CallError, ShapeError."""

    def hear(self, event: wire.Event) -> None:
        """Take in an event."""

    def conclude(self, connection: Connection, until: datetime | None) -> tuple[Event, ...]:
        """Give what is clear by the engine's now, None at the end of the watch. Raises CallError and ShapeError."""


class Watch:
    """One watch of one engine; what its teller knows outlives a stream that is cut."""

    def __init__(self, target: EngineTarget, teller: Teller, cursor: str, stopping: Signal) -> None:
        self._target = target
        self._teller = teller
        self._stopping = stopping
        self._cursor = read(cursor)
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
        version = connection.open().version
        parameters = {"since": self._cursor.since} if self._cursor.nano else {}
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
        self._cursor = replace(self._cursor, nano=event.time_nano, anchor=anchor(event))
        self._heard_at = (event.at, time.monotonic())

    def _taken_up(self, connection: Connection, stream: Stream, version: str) -> tuple[str, tuple[Event, ...]]:
        """Take in what the engine remembers since the cursor; say what is lost, and what became of the engine."""
        calls, before, started, clock = Calls(connection), self._cursor, NEVER, datetime.now(UTC)
        with suppress(CallError, ShapeError):
            started = calls.network_made("bridge") if not connection.podman else NEVER
        with suppress(CallError, ShapeError):
            clock = engine_clock(calls.info().system_time)
        remembered = _remembered(stream, clock) if before.nano else ()
        anchors = [place for place, event in enumerate(remembered) if before.is_at(event)]
        for event in remembered[anchors[-1] + 1 :] if anchors else remembered:
            if event.time_nano > before.nano or anchors:
                self._teller.hear(event)
                self._stand(event)
        self._teller.look_around(connection, before.at, self._now())
        nano = self._cursor.nano or int(clock.timestamp() * 10**9)
        self._cursor = replace(self._cursor, nano=nano, version=version, started=started)
        if connection.podman:
            return "", ()  # it has no engine that starts, and forgets nothing
        resumed = Resumption(
            before=before, now=self._cursor, clock=clock, remembered=len(remembered), anchored=bool(anchors)
        )
        return resumed.lost, tuple(resumed.told(self._teller.subject))

    def _batch(self, connection: Connection, lost: str = "", told: tuple[Event, ...] = ()) -> Batch:
        events = self._teller.conclude(connection, None if self._stopping.is_set() else self._now())
        cleaned = tuple(_cleaned(event) if event.kind.is_change else event for event in events)
        cursor = msgspec.json.encode(self._cursor).decode()
        missing = "; ".join(filter(None, (lost, self._teller.unseen)))
        return Batch(until=datetime.now(UTC), cursor=cursor, events=(*told, *cleaned), lost=missing)

    def _now(self) -> datetime:
        """Give the engine's now, by its own events: its clock may differ from ours, and jump."""
        at, heard = self._heard_at
        return at + timedelta(seconds=time.monotonic() - heard)


def _remembered(stream: Stream, clock: datetime) -> tuple[wire.Event, ...]:
    """Give what the engine sends when it is asked for what it remembers, until none is older than its clock was then.

    Raises EndedError.
    """
    events, began = list[wire.Event](), time.monotonic()
    while (passed := time.monotonic() - began) < _LONGEST_REPLAY:
        lines = stream.lines(REPLAY / 2)
        events += _decoded(lines, all_of_them=True)
        if (not lines and passed >= REPLAY / 2) or (events and events[-1].at > clock):
            break
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
