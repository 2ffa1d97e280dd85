"""What is done again and again: each thing not before its time, and nothing ends the thread or keeps others back."""

import threading
from collections.abc import Callable

import pytest
import redis

from bot.turns import LATER, Waits, turning
from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.jobs.errors import QueueUnavailableError
from tests.unit.bot.house import Clock


def failing(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


class Counted:
    """Counts how often it was done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (TemporaryError("not yet", delay=5), 5),
        (TemporaryError("not for long", delay=10_000), LATER),
        (PermanentError("never"), LATER),
        (ValueError("what is that"), LATER),
    ],
)
def test_what_fails_is_tried_again_when_it_is_time(error: Exception, waits: float) -> None:
    """Given something that failed, when it is tried before its time, then it is not; and then it is."""
    clock, done = Clock(), Counted()
    tried = Waits(clock.now)
    tried.attempt("it", failing(error))

    clock.seconds += waits - 1
    tried.attempt("it", done)
    tried.attempt("something else", done)
    assert done.times == 1

    clock.seconds += 1
    tried.attempt("it", done)
    tried.attempt("it", done)
    assert done.times == 3


def test_a_clock_that_is_set_back_keeps_nothing_waiting() -> None:
    """Given something that waits, when the clock is set back by an hour, then it is done at once."""
    clock, done = Clock(), Counted()
    tried = Waits(clock.now)
    tried.attempt("it", failing(PermanentError("never")))

    clock.seconds -= 3600
    tried.attempt("it", done)

    assert done.times == 1


@pytest.mark.parametrize(
    "error", [DatabaseUnavailableError("away"), QueueUnavailableError("away"), redis.ConnectionError("away")]
)
def test_what_nothing_can_be_done_without_is_told(error: Exception) -> None:
    """Given no database or no Redis, when something is tried, then whoever tries hears of it, and it does not wait."""
    clock, done = Clock(), Counted()
    tried = Waits(clock.now)

    with pytest.raises(type(error)):
        tried.attempt("it", failing(error))
    tried.attempt("it", done)

    assert done.times == 1


def test_the_thread_outlives_what_is_away() -> None:
    """Given a database and a Redis that are away, when the thread takes its turns, then it goes on, and ends well."""
    database = DatabaseUnavailableError("the database does not answer")
    database.delay = 0.01
    errors = iter([database, redis.ConnectionError("connection refused"), QueueUnavailableError("no answer")])
    done, woken = threading.Event(), threading.Event()

    def turn() -> None:
        woken.set()
        if error := next(errors, None):
            raise error
        done.set()

    with turning("turns", turn, woken):
        assert done.wait(30)

    assert not any(thread.name == "turns" for thread in threading.enumerate())
