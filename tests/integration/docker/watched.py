"""A watch of a real engine under way, and what it has told so far."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sickbay.diagnostics.events import Batch, Event
from sickbay.diagnostics.platforms.docker.collector.watching import watch
from sickbay.diagnostics.platforms.docker.target import DockerTarget

_PATIENCE = 30


class Watching:
    """A watch that goes on in a thread of its own."""

    def __init__(self, target: DockerTarget) -> None:
        self._target = target
        self._stopping = threading.Event()
        self._come = threading.Condition()
        self.batches = list[Batch]()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.until(lambda _: bool(self.batches))

    @property
    def events(self) -> list[Event]:
        """Give all that was told so far."""
        return [event for batch in self.batches for event in batch.events]

    def until(self, condition: Callable[[list[Event]], bool]) -> None:
        """Wait until what was told meets the condition."""
        with self._come:
            assert self._come.wait_for(lambda: condition(self.events), timeout=_PATIENCE), self.events

    def about(self, subject: str, kind: str, field: str = "") -> Event:
        """Wait for the first event of a kind about a subject."""

        def found() -> list[Event]:
            wanted = (subject, kind, field)
            return [one for one in self.events if (one.subject, one.kind, one.field if field else "") == wanted]

        self.until(lambda _: bool(found()))
        return found()[0]

    def stop(self) -> float:
        """Stop; give how many seconds that took."""
        began = time.monotonic()
        self._stopping.set()
        self.thread.join(_PATIENCE)
        assert not self.thread.is_alive()
        return time.monotonic() - began

    def _run(self) -> None:
        for batch in watch(self._target, "", self._stopping):
            with self._come:
                self.batches.append(batch)
                self._come.notify_all()


@contextmanager
def watching(target: DockerTarget) -> Iterator[Watching]:
    """Watch meanwhile."""
    made = Watching(target)
    try:
        yield made
    finally:
        made.stop()
