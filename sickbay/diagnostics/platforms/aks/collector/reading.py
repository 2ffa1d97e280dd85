"""Reads that run side by side, and the gaps that they leave."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.collector.decoding import ShapeError
from sickbay.diagnostics.platforms.aks.collector.obstacles import CallError, reason
from sickbay.diagnostics.platforms.aks.facts import Unreachable
from sickbay.diagnostics.platforms.aks.rights import Right

R = TypeVar("R")

#: Calls under way at the same time: Resource Manager throttles by the subscription.
THREADS = 8


class Reading:
    """The threads of one diagnosis and what they could not read."""

    def __init__(self, connection: Connection, budget: Budget) -> None:
        self.connection = connection
        self.budget = budget
        self._crew = Crew(THREADS, budget)
        self._gaps: list[Gap] = []

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Give what could not be read so far."""
        return tuple(self._gaps)

    def start(self, read: Callable[[], R]) -> "Future[R]":
        """Begin a read."""
        return self._crew.submit(read)

    def wait(self, coming: "Future[R]") -> R:
        """Give a read's result, or raise its error, OutOfTimeError or CancelledError."""
        return self._crew.wait(coming)

    def finish(self, right: Right, coming: "Future[R]", default: R) -> R:
        """Give a read's result, or `default` and a gap. Raises CancelledError."""
        found = self.maybe(right, coming)
        return default if found is None else found

    def maybe(self, right: Right, coming: "Future[R]") -> R | None:
        """Give a read's result, or None and a gap. Raises CancelledError."""
        try:
            return self._crew.wait(coming)
        except CallError as error:
            self.note(right.what, reason(error, right))
        except ShapeError as error:
            self.note(right.what, str(error))
        except OutOfTimeError:
            self.note(right.what, "the time was up")
        return None

    def note(self, what: str, why: str) -> None:
        """Note a gap, once."""
        gap = Gap(what=what, reason=why)
        if gap not in self._gaps:
            self._gaps.append(gap)

    def note_unreachable(self, why: Unreachable) -> None:
        """Note that nothing was read on Azure's side."""
        self.note("Azure's side of the cluster", why.text)

    def close(self) -> None:
        """Let go of threads and connections."""
        self._crew.close()
        self.connection.close()
