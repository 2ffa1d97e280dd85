"""Doing again and again what there is to do: each thing not before its time, and one that fails keeps no other back."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis
import structlog

from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.jobs.errors import QueueUnavailableError

log = structlog.get_logger()

#: Seconds between two turns, where nobody wakes it.
EVERY = 1.0
#: Seconds until it is tried again where Slack lets nothing be posted, and the most that is waited for anything.
LATER = 60.0
#: Seconds that a turn under way has to end.
_GRACE = 5.0


class Waits:
    """Knows until when what waits for something."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        #: In seconds since 1970.
        self._until: dict[str, float] = {}

    def attempt(self, what: str, act: Callable[[], None]) -> None:
        """Do something, unless it waits.

        Raises DatabaseUnavailableError, QueueUnavailableError and redis.RedisError: then nothing can be done.
        """
        # What waits longer was told to wait by a clock that has been set back since.
        if 0 < self._until.get(what, 0.0) - self._clock() <= LATER:
            return
        try:
            act()
            self._until.pop(what, None)
        except (DatabaseUnavailableError, QueueUnavailableError, redis.RedisError):
            raise
        except TemporaryError as error:
            self._until[what] = self._clock() + min(error.delay, LATER)
        except PermanentError as error:
            log.warning("something cannot be done", what=what, error=str(error))
            self._until[what] = self._clock() + LATER
        except Exception:
            # What is not understood ends no thread.
            log.exception("something cannot be done", what=what)
            self._until[what] = self._clock() + LATER


@contextmanager
def turning(name: str, turn: Callable[[], None], woken: threading.Event) -> Iterator[None]:
    """Take turns in a thread of that name: at once when `woken`, else every second."""
    ended = threading.Event()

    def follow() -> None:
        while not ended.is_set():
            woken.clear()
            pause = EVERY
            try:
                turn()
            except DatabaseUnavailableError as error:
                pause = error.delay
                log.warning("waiting for the database", thread=name, error=str(error))
            except (QueueUnavailableError, redis.RedisError) as error:
                log.warning("waiting for Redis", thread=name, error=str(error))
            woken.wait(pause)

    thread = threading.Thread(target=follow, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        woken.set()
        thread.join(_GRACE)
