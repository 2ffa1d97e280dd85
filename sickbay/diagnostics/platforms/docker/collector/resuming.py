"""Where a watch of an engine stands, and what became of the engine, and of its memory, while nobody listened."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from sickbay.diagnostics.events import Event, EventKind
from sickbay.diagnostics.platforms.docker.wire import engine as wire
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

#: Events that an engine remembers.
REMEMBERED = 256
_BILLION = 10**9


class Cursor(Struct, frozen=True, kw_only=True):
    """Where a watch stands: the last event, by its nanoseconds and who it was about, and the engine that sent it.

    `started` is when the engine made its own bridge, which it does each time it starts; NEVER where it does not say.
    """

    nano: int = 0
    anchor: str = ""
    version: str = ""
    started: datetime = NEVER

    @property
    def at(self) -> datetime | None:
        """Give the moment of the last event, None where the watch has just begun."""
        return datetime.fromtimestamp(self.nano / _BILLION, UTC) if self.nano else None

    @property
    def since(self) -> str:
        """Give it as the engine takes it, with all its digits."""
        return f"{self.nano // _BILLION}.{self.nano % _BILLION:09d}"

    def is_at(self, event: wire.Event) -> bool:
        """Say whether this is the last event."""
        return (event.time_nano, anchor(event)) == (self.nano, self.anchor)


def anchor(event: wire.Event) -> str:
    """Give what tells an event from others of the same moment."""
    return f"{event.type} {event.action} {event.actor.id}"[:120]


def read(cursor: str) -> Cursor:
    """Give the cursor that a batch carried; one that cannot be read is as good as none."""
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(cursor, type=Cursor)
    return Cursor()


class Resumption(Struct, frozen=True, kw_only=True):
    """What an engine gave when it was asked for what it remembers since a cursor: so many events, and it by its clock.

    `anchored` says whether the last event that was seen was among them.
    """

    before: Cursor
    now: Cursor
    clock: datetime
    remembered: int
    anchored: bool

    @property
    def restarted_at(self) -> datetime | None:
        """Give when the engine was started anew, None where it was not.

        With live restore its bridge stays, and it says no other time: but it forgets what it sent all the same.
        """
        if NEVER not in {self.before.started, self.now.started} and self.before.started != self.now.started:
            return self.now.started
        if not self._forgot or self.remembered >= REMEMBERED or self._set_back:
            return None
        return self.clock

    @property
    def lost(self) -> str:
        """Say why something of what happened meanwhile cannot be had; empty where nothing is missing."""
        if restarted_at := self.restarted_at:
            return f"the engine was started anew at {restarted_at:%H:%M:%S} UTC and remembers nothing before"
        if self._set_back:
            return "the engine's clock was set back: what happened meanwhile cannot be told from what was before"
        if self.before.nano and self.remembered >= REMEMBERED and not self.anchored:
            return f"more happened than the {REMEMBERED} events that the engine remembers"
        return ""

    def told(self, subject: str) -> Iterator[Event]:
        """Yield what became of the engine, which has this name."""
        at, kind = self.restarted_at, EventKind.ENGINE
        old, new = self.before.version, self.now.version
        if old and old != new:
            yield Event(
                at=at or self.clock, source="GET /version", subject=subject, kind=kind, field="Version",
                before=old, after=new,
            )  # fmt: skip
        if at:
            source = "GET /networks/bridge Created" if at == self.now.started else "GET /events"
            yield Event(at=at, source=source, subject=subject, kind=kind, field="engine", after="started")

    @property
    def _forgot(self) -> bool:
        return bool(self.before.anchor) and not self.anchored

    @property
    def _set_back(self) -> bool:
        return self._forgot and self.before.at is not None and self.clock < self.before.at
