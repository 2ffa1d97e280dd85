"""Watch one Docker host: its stream of events, and an inspection of what was made or changed.

The engine remembers its last 256 events: a stream that was cut is taken up with what it has seen last, and where the
engine gives that event again, nothing is missing. An engine that was started anew remembers nothing.
"""

import math
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from threading import Event as Signal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.errors import TemporaryError
from sickbay.diagnostics.events import Batch, Event, EventKind
from sickbay.diagnostics.platforms.docker.collector.calls import Calls
from sickbay.diagnostics.platforms.docker.collector.connection import CallError, Connection, UnreachableError
from sickbay.diagnostics.platforms.docker.collector.decoding import ShapeError, decode_lines
from sickbay.diagnostics.platforms.docker.collector.streams import EndedError, Stream
from sickbay.diagnostics.platforms.docker.differences import Made
from sickbay.diagnostics.platforms.docker.happenings import SOURCE, Chronicle, Creation
from sickbay.diagnostics.platforms.docker.places import lasting_name
from sickbay.diagnostics.platforms.docker.target import EngineTarget
from sickbay.diagnostics.platforms.docker.wire import engine as wire
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

#: Seconds between two looks at whether to stop, between batches while events come, and while none does.
LOOK, BATCH, QUIET = 0.5, 1.0, 10.0
#: Seconds of silence after which a stream is opened anew: a connection may be dead and nobody say so.
SILENCE = 60.0
#: Seconds that an engine may be away, as it is while it starts anew, and between two attempts to reach it.
PATIENCE, AGAIN = 20.0, 0.5
#: Events that the engine remembers.
REMEMBERED = 256
#: Containers inspected when a watch begins, and of those that were made since the last batch.
INSPECTED, INSPECTED_AT_ONCE = 1_000, 50
#: Seconds in which what the engine remembers has come.
_REPLAY = 1.0
#: Of these, as many as containers are probed, no change can be told.
_UNTOLD = (b'"Action":"exec_', b'"Action":"top"')
_OF_IMAGES = frozenset({"pull", "tag", "untag", "load", "import", "delete", "build"})
_BILLION = 10**9
_DECODER = msgspec.json.Decoder(wire.Event)
_BROKEN = (CallError, ShapeError, UnreachableError, EndedError)


class Cursor(Struct, frozen=True, kw_only=True):
    """Where a watch stands: the last event, by its nanoseconds and who it was about, and the engine that sent it."""

    nano: int = 0
    anchor: str = ""
    version: str = ""
    started: datetime = NEVER


def watch(target: EngineTarget, cursor: str, stopping: Signal) -> Iterator[Batch]:
    """Watch the host from a cursor on until `stopping`. Raises TemporaryError where it is not reached for 20 s."""
    yield from Watch(target, cursor, stopping).batches()


class Watch:
    """One watch; what it knows of containers outlives a stream that is cut."""

    def __init__(self, target: EngineTarget, cursor: str, stopping: Signal) -> None:
        self._target = target
        self._stopping = stopping
        self._cursor = _read(cursor)
        self._chronicle = Chronicle(target.name, {})
        self._heard_at = (datetime.now(UTC), time.monotonic())
        self._images_at: datetime | None = None
        self._knows_tags = False

    def batches(self) -> Iterator[Batch]:
        """Give batches until told to stop."""
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
        due, heard = time.monotonic() + (2 * BATCH if self._chronicle.waits else QUIET), False
        while time.monotonic() < due and not self._stopping.is_set():
            lines = stream.lines(LOOK)
            if lines and not heard:
                heard, due = True, time.monotonic() + BATCH
            for event in _decoded(lines):
                self._hear(event)
            for event in _decoded(lines[-1:], all_of_them=True):
                self._stand(event)
        return heard

    def _hear(self, event: wire.Event) -> None:
        self._chronicle.hear(event)
        if event.type == "image" and event.action in _OF_IMAGES:
            self._images_at = event.at

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
                self._hear(event)
                self._stand(event)
        self._look_around(calls, before)
        nano = self._cursor.nano or _nanoseconds(calls.info())
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
        subject = f"host/{self._target.name}"
        if before.version not in {"", now.version}:
            yield Event(
                at=at, source="GET /version", subject=subject, kind=EventKind.ENGINE, field="Version",
                before=before.version, after=now.version,
            )  # fmt: skip
        if restarted:
            yield Event(at=at, source=SOURCE, subject=subject, kind=EventKind.ENGINE, field="engine", after="started")

    def _look_around(self, calls: Calls, before: Cursor) -> None:
        """Learn what is there; what was made since the cursor is news, and all else known from now on."""
        chronicle = self._chronicle
        known, unseen = chronicle.ids, INSPECTED
        for item in calls.containers():
            name = lasting_name(item.name, item.labels)
            at = datetime.fromtimestamp(item.created, UTC)
            if item.id in known or unseen <= 0 or self._stopping.is_set():
                continue
            if before.nano and item.created > before.nano // _BILLION:
                made = Creation(id=item.id, name=name, at=at, labels=item.labels, image=item.image)
                chronicle.creations.append(made)
                continue
            unseen -= 1
            with suppress(CallError, ShapeError):
                chronicle.know(item.id, name, item.labels, calls.made(item.id))
        if self._knows_tags:
            chronicle.tagged(self._now(), calls.tags())
        else:
            chronicle.know_tags(calls.tags())
            self._knows_tags = True

    def _batch(self, connection: Connection, lost: str = "", told: tuple[Event, ...] = ()) -> Batch:
        """Give what is clear by now; what was made is inspected, and what tags mean read where images came or went."""
        calls, made = Calls(connection), dict[str, Made]()
        for creation in self._chronicle.creations[-INSPECTED_AT_ONCE:]:
            with suppress(CallError, ShapeError):  # it may be gone again
                made[creation.id] = calls.made(creation.id)
        if self._images_at:
            with suppress(CallError, ShapeError):
                self._chronicle.tagged(self._images_at, calls.tags())
                self._images_at = None
        events = self._chronicle.conclude(made, None if self._stopping.is_set() else self._now())
        cursor = msgspec.json.encode(self._cursor).decode()
        cleaned = tuple(_cleaned(event) if event.kind.is_change else event for event in events)
        return Batch(until=datetime.now(UTC), cursor=cursor, events=(*told, *cleaned), lost=lost)

    def _now(self) -> datetime:
        """Give the engine's now, by its own events: its clock may differ from ours, and jump."""
        at, heard = self._heard_at
        return at + timedelta(seconds=time.monotonic() - heard)


def _remembered(stream: Stream) -> tuple[wire.Event, ...]:
    """Give what the engine sends at once when it is asked for what it remembers. Raises EndedError."""
    events, ends = list[wire.Event](), time.monotonic() + _REPLAY
    while time.monotonic() < ends:
        events += _decoded(stream.lines(_REPLAY / 4), all_of_them=True)
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


def _nanoseconds(info: wire.Info) -> int:
    """Give the engine's own now."""
    with suppress(msgspec.ValidationError):
        return int(msgspec.convert(info.system_time, datetime).timestamp() * _BILLION)
    return time.time_ns()
