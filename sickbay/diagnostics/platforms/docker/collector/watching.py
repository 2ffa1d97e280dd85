"""Watch one Docker host: its stream of events, and an inspection of what was made or changed."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event as Signal
from typing import TypeVar

from sickbay.diagnostics.events import Batch, Event
from sickbay.diagnostics.platforms.docker.collector.calls import Calls
from sickbay.diagnostics.platforms.docker.collector.connection import CallError, Connection
from sickbay.diagnostics.platforms.docker.collector.decoding import ShapeError
from sickbay.diagnostics.platforms.docker.collector.following import Watch
from sickbay.diagnostics.platforms.docker.differences import Made
from sickbay.diagnostics.platforms.docker.happenings import Chronicle, Creation
from sickbay.diagnostics.platforms.docker.places import lasting_name
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.platforms.docker.wire import engine as wire

T = TypeVar("T")

#: Containers inspected when a watch begins, and of those that were made since the last batch.
INSPECTED, INSPECTED_AT_ONCE = 1_000, 50
_REFUSED = frozenset({401, 403, 404, 405})
_OF_IMAGES = frozenset({"pull", "tag", "untag", "load", "import", "delete", "build"})


def watch(target: DockerTarget, cursor: str, stopping: Signal) -> Iterator[Batch]:
    """Watch the host from a cursor on until `stopping`. Raises TemporaryError where it is not reached for 20 s."""
    yield from Watch(target, HostTeller(target.name, stopping), cursor, stopping).batches()


class HostTeller:
    """Tells what happens on a host, with what its containers were made from."""

    def __init__(self, host: str, stopping: Signal) -> None:
        self.subject = f"host/{host}"
        self.unseen = ""
        self._stopping = stopping
        self._chronicle = Chronicle(host, {})
        self._images_at: datetime | None = None
        self._knows_tags = False

    @property
    def waits(self) -> bool:
        """Say whether something is kept back that will be clear soon."""
        return self._chronicle.waits

    def hear(self, event: wire.Event) -> None:
        """Take in an event."""
        self._chronicle.hear(event)
        if event.type == "image" and event.action in _OF_IMAGES:
            self._images_at = event.at

    def look_around(self, connection: Connection, since: datetime | None, now: datetime) -> None:
        """Learn what is there; what was made since the last event is news, all else known from now on."""
        calls, chronicle = Calls(connection), self._chronicle
        known, left = chronicle.ids, INSPECTED
        containers, tags = _if_allowed(calls.containers), _if_allowed(calls.tags)
        refused = [what for what, listed in (("containers", containers), ("images", tags)) if listed is None]
        self.unseen = f"lists of {' and '.join(refused)} are refused: only events tell of them" if refused else ""
        for item in containers or ():
            if item.id in known or left <= 0 or self._stopping.is_set():
                continue
            name, at = lasting_name(item.name, item.labels), datetime.fromtimestamp(item.created, UTC)
            if since and at > since:
                made = Creation(id=item.id, name=name, at=at, labels=item.labels, image=item.image)
                chronicle.creations.append(made)
                continue
            left -= 1
            with suppress(CallError, ShapeError):
                chronicle.know(item.id, name, item.labels, calls.made(item.id))
        if tags is None:
            return
        if self._knows_tags:
            chronicle.tagged(now, tags)
        else:
            chronicle.know_tags(tags)
            self._knows_tags = True

    def conclude(self, connection: Connection, until: datetime | None) -> tuple[Event, ...]:
        """Give what is clear by now; what was made is inspected, and what tags mean read where images came or went."""
        calls, made = Calls(connection), dict[str, Made]()
        for creation in self._chronicle.creations[-INSPECTED_AT_ONCE:]:
            with suppress(CallError, ShapeError):  # it may be gone again
                made[creation.id] = calls.made(creation.id)
        if self._images_at:
            with suppress(CallError, ShapeError):
                self._chronicle.tagged(self._images_at, calls.tags())
                self._images_at = None
        return self._chronicle.conclude(made, until)


def _if_allowed(call: Callable[[], T]) -> T | None:
    """Give the answer, None where a proxy before the engine refuses the call: events tell much without it."""
    try:
        return call()
    except CallError as error:
        if error.status not in _REFUSED:
            raise
    return None
