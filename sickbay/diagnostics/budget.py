"""The time a diagnosis may take and the token that cancels it; every call to a target asks it before it starts."""

import time
from collections.abc import Callable

from sickbay.diagnostics.errors import CancelledError

#: Seconds a diagnosis may take unless the configuration says otherwise.
DEFAULT_SECONDS = 60.0


def _never() -> bool:
    return False


class Budget:
    """Count down one diagnosis. Safe to share between threads: it only reads a clock and asks `cancelled`."""

    def __init__(
        self,
        seconds: float = DEFAULT_SECONDS,
        *,
        cancelled: Callable[[], bool] = _never,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds
        self._clock = clock
        self._cancelled = cancelled
        self._ends = clock() + seconds

    @property
    def remaining(self) -> float:
        """Give the seconds left, never below zero."""
        return max(0.0, self._ends - self._clock())

    @property
    def spent(self) -> bool:
        """Say whether the time is up."""
        return self.remaining <= 0

    def timeout(self, most: float) -> float:
        """Give the socket timeout for one call: `most` seconds, or what is left if that is less (10 ms at least)."""
        return max(0.01, min(most, self.remaining))

    def part(self, most: float) -> "Budget":
        """Give a budget within this one: `most` seconds, or what is left if that is less, cancelled together."""
        return Budget(self.timeout(most), cancelled=self._cancelled, clock=self._clock)

    def raise_if_cancelled(self) -> None:
        """Raise CancelledError when the person who asked cancelled."""
        if self._cancelled():
            raise CancelledError("Cancelled.")
