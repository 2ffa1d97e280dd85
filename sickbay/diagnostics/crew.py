"""A few daemon threads that make calls, and the rules for waiting for them.

Not concurrent.futures' pool: the interpreter waits for its threads at exit, and a call that a hostile or frozen engine
holds on to must not hold on to the process.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

from sickbay.diagnostics.budget import Budget

R = TypeVar("R")

#: Seconds between two looks at whether the person who asked has cancelled.
_LOOK = 0.25


class OutOfTimeError(Exception):
    """Raised by waiting when the budget is spent, or when nothing more will be answered."""


class Crew:
    """Threads for one diagnosis. Calls start in the order in which they were given.

    Once `hopeless` says so, nothing that is still under way is waited for.
    """

    def __init__(self, size: int, budget: Budget, *, hopeless: Callable[[], bool] = lambda: False) -> None:
        self._budget = budget
        self._hopeless = hopeless
        self._closed = False
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(size)]
        for thread in self._threads:
            thread.start()

    def submit(self, call: Callable[[], R]) -> "Future[R]":
        """Queue one call."""
        future: Future[R] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                if self._budget.spent:
                    raise OutOfTimeError  # noqa: TRY301
                future.set_result(call())
            except BaseException as error:  # told to whoever waits
                future.set_exception(error)

        self._queue.put(run)
        return future

    def wait(self, future: "Future[R]") -> R:
        """Give the result, or raise the call's error, OutOfTimeError, or CancelledError when the asker cancels."""
        while True:
            self._budget.raise_if_cancelled()
            try:
                return future.result(timeout=min(_LOOK, self._budget.remaining))
            except TimeoutError:
                if future.done():
                    return future.result()  # its own error, or the answer that came at the last moment
                if self._budget.spent or self._hopeless():
                    future.cancel()
                    raise OutOfTimeError from None

    def close(self) -> None:
        """Let the threads end once what they do now is done; what is still queued is dropped."""
        self._closed = True
        for _ in self._threads:
            self._queue.put(None)

    def _work(self) -> None:
        while (run := self._queue.get()) is not None and not self._closed:
            run()
