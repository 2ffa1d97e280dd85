"""The recorder of one target: it watches, and writes down what it sees, as long as it is the one that does.

The watch goes on where the last batch that was written ended, whoever wrote it. While Redis is away the recorder keeps
what it sees, up to MOST_KEPT; what is more is said to be lost. A watch that ends is begun again, later each time it
brings nothing.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec
import structlog

from sickbay.diagnostics.errors import DiagnosticsError, TemporaryError
from sickbay.diagnostics.events import Batch, shortened
from sickbay.diagnostics.redaction import redact, redact_event
from sickbay.diagnostics.targets import Target
from sickbay.jobs.errors import NotRecorderError, QueueUnavailableError
from sickbay.jobs.event_log import EventLog
from workers.metrics import LOSSES, RECORDED, RECORDED_UNTIL

log = structlog.get_logger()

#: From a cursor on, empty for now, until the event is set: a platform's watch of one target.
Watch = Callable[[str, threading.Event], Iterator[Batch]]

#: Seconds before a watch is begun again, doubled from the first to the last while it brings nothing.
FIRST_DELAY, LAST_DELAY = 1.0, 60.0
#: Seconds without a batch after which another recorder may try.
PATIENCE = 120.0
#: How many events, each batch counted as one more, are kept while Redis is away.
MOST_KEPT = 20_000
#: What is said to be lost where that was not enough.
OVERFLOWN = "Redis did not answer for so long that the recorder could not keep what it saw"


class Recorder:
    """Records one target until `stopping`. `holder` tells this recorder from all others."""

    def __init__(
        self,
        event_log: EventLog,
        target: Target,
        watch: Watch,
        *,
        holder: str,
        stopping: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = event_log
        self._target = target
        self._watch = watch
        self._holder = holder
        self._stopping = stopping
        self._clock = clock
        self._waiting: deque[Batch] = deque()
        self._kept = 0
        self._seen = 0
        self._ask_redis_at = 0.0
        self._told = ("", "")
        self._lost = ""
        self._patient_until = 0.0

    def run(self) -> None:
        """Watch, again and again."""
        delay = FIRST_DELAY
        while not self._stopping.is_set():
            seen = self._seen
            try:
                wait = self._turn()
            except NotRecorderError as error:
                self._stand_by(error)
                seen, wait = -1, error.delay
            if self._seen > seen:
                delay = FIRST_DELAY
            self._stopping.wait(max(delay, wait))
            delay = min(delay * 2, LAST_DELAY)
        with suppress(QueueUnavailableError, NotRecorderError):
            self._ask_redis_at = self._patient_until = 0.0
            self._flush()
            self._log.release(self._target.zone, self._target.name, self._holder)

    def stay(self) -> None:
        """Stay the recorder of the target, where this is it and its watch works; to be called by another thread.

        Raises QueueUnavailableError.
        """
        if self._clock() < self._patient_until:
            self._log.acquire(self._target.zone, self._target.name, self._holder)

    def _turn(self) -> float:
        """Watch until the watch ends, for whatever reason; give the least seconds until another makes sense.

        Raises NotRecorderError.
        """
        try:
            for batch in self._watch(self._cursor(), self._stopping):
                self._seen += 1
                self._patient_until = self._clock() + PATIENCE
                self._keep(batch)
                self._flush()
        except NotRecorderError:
            raise
        except QueueUnavailableError as error:
            self._tell(logging.WARNING, "waits for Redis", str(error))
        except DiagnosticsError as error:
            self._trouble(str(error))
            return error.delay if isinstance(error, TemporaryError) else 0.0
        except Exception:
            log.exception("a watch broke", target=self._target.name)
            self._trouble("Something in Sickbay broke. The recorder's log has the reason.")
        return 0.0

    def _stand_by(self, error: NotRecorderError) -> None:
        """Leave the target to the other one, which goes on where the last written batch ended: it sees what is kept."""
        self._waiting.clear()
        self._kept = 0
        self._patient_until = 0.0
        self._tell(logging.INFO, "stands by", str(error))

    def _cursor(self) -> str:
        """Give where to take up, and be the recorder of the target. Raises NotRecorderError where another one is.

        With something kept there is nothing to ask: Redis is away, and knows less.
        """
        zone, name = self._target.zone, self._target.name
        if self._waiting:
            return self._waiting[-1].cursor
        if not self._log.acquire(zone, name, self._holder):
            raise NotRecorderError(name)
        self._patient_until = self._clock() + PATIENCE
        return self._log.cursor(zone, name)

    def _keep(self, batch: Batch) -> None:
        """Take a batch in, without secrets; where there are too many, the oldest are lost."""
        batch = msgspec.structs.replace(
            batch,
            events=tuple(redact_event(event) for event in batch.events),
            lost=shortened(redact(batch.lost)),
        )
        last = self._waiting[-1] if self._waiting else None
        if last and not (last.events or last.lost or batch.lost):
            self._waiting.pop()
            self._kept -= 1
        self._waiting.append(batch)
        self._kept += _size(batch)
        while self._kept > MOST_KEPT and len(self._waiting) > 1:
            self._kept -= _size(self._waiting.popleft())
            self._waiting[0] = msgspec.structs.replace(self._waiting[0], lost=OVERFLOWN)

    def _flush(self) -> None:
        """Write down what is kept, as far as Redis takes it. Raises NotRecorderError."""
        if self._clock() < self._ask_redis_at:
            return
        name = self._target.name
        while self._waiting:
            batch = self._waiting[0]
            try:
                self._log.record(self._target.zone, name, batch, self._holder)
            except QueueUnavailableError as error:
                self._ask_redis_at = self._clock() + error.delay
                self._tell(logging.WARNING, "waits for Redis", str(error))
                return
            self._kept -= _size(self._waiting.popleft())
            RECORDED.labels(name).inc(len(batch.events))
            RECORDED_UNTIL.labels(name).set(batch.until.timestamp())
            if batch.lost not in {"", self._lost}:
                LOSSES.labels(name).inc()
            self._lost = batch.lost
            self._tell(logging.WARNING if batch.lost else logging.INFO, "records", batch.lost)

    def _trouble(self, reason: str) -> None:
        reason = shortened(redact(reason))
        self._tell(logging.WARNING, "cannot watch", reason)
        with suppress(QueueUnavailableError):
            self._log.trouble(self._target.zone, self._target.name, reason)

    def _tell(self, level: int, state: str, reason: str) -> None:
        """Log how it stands, once until that changes; another reason for the same is less news than another state."""
        if self._told == (told := (state, reason)):
            return
        level = logging.INFO if self._told[0] == state else level
        self._told = told
        log.log(level, "recorder", state=state, target=self._target.name, reason=reason)


def _size(batch: Batch) -> int:
    return 1 + len(batch.events)
