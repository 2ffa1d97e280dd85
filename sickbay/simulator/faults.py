"""What can be asked to go wrong, by a test, on the page, or through its API."""

from collections import deque
from collections.abc import Callable

import msgspec

from sickbay.simulator.rates import Rates
from sickbay.simulator.wire import Wire

#: The HTTP status of Slack's rate limits.
TOO_MANY = 429
#: In place of a method's name: the next call, whichever it is.
ANY = "*"


class Refusal(msgspec.Struct, frozen=True):
    """An answer other than the method's own: an HTTP status, and for 429 the seconds to wait."""

    status: int
    retry_after: int

    @property
    def headers(self) -> dict[str, str]:
        """Give the headers that Slack sends with it."""
        return {"Retry-After": str(self.retry_after)} if self.status == TOO_MANY else {}


class Faults:
    """Consulted by the Web API and by deliveries; nothing goes wrong unless asked."""

    def __init__(self) -> None:
        self._refusals: dict[str, deque[Refusal]] = {}
        self.duplicates = 0
        self.ack_seconds = 3.0
        #: Seconds that each call and each delivery takes longer.
        self.latency = 0.0
        #: Seconds before each of Slack's retries of an event over HTTP.
        self.retry_pauses: tuple[float, ...] = (0.0, 60.0, 300.0)
        #: Scopes that the bot's token lacks.
        self.missing_scopes: set[str] = set()
        #: Whether the workspace has uninstalled the app: its token is none any more.
        self.uninstalled = False
        #: Slack's rate limits, where they are enforced.
        self.rates = Rates()
        #: Told, on the workspace's loop, when a fault was used up.
        self.used: Callable[[], None] = lambda: None

    def fail_next(self, method: str, *, status: int = 500, count: int = 1, retry_after: int = 1) -> None:
        """Refuse the next calls of a method, or of whichever it is for `*`."""
        self._refusals.setdefault(method, deque()).extend([Refusal(status, retry_after)] * count)

    def duplicate_next_event(self) -> None:
        """Deliver the next envelope twice."""
        self.duplicates += 1

    def expect_acks_within(self, seconds: float) -> None:
        """Wait less or more than Slack's three seconds for an acknowledgement; what it opens may come as late."""
        self.ack_seconds = seconds

    def clear(self) -> None:
        """Let all go well again."""
        self._refusals.clear()
        self.missing_scopes.clear()
        self.duplicates, self.latency, self.ack_seconds, self.uninstalled = 0, 0.0, 3.0, False

    def takes_duplicate(self) -> bool:
        """Say whether what is delivered now goes out twice, which uses up one such request."""
        if self.duplicates < 1:
            return False
        self.duplicates -= 1
        self.used()
        return True

    def refusal(self, method: str, channel: str = "") -> Refusal | None:
        """Give what to answer a call with instead, if anything."""
        for name in (method, ANY):
            if waiting := self._refusals.get(name):
                refused = waiting.popleft()
                self.used()
                return refused
        seconds = self.rates.wait(method, channel)
        return Refusal(TOO_MANY, seconds) if seconds else None

    def state(self) -> Wire:
        """Give what goes wrong now, as the page shows it."""
        refusals = [
            {"method": method, "status": waiting[0].status, "count": len(waiting)}
            for method, waiting in self._refusals.items()
            if waiting
        ]
        return {
            "refusals": refusals,
            "duplicates": self.duplicates,
            "latency": self.latency,
            "ack_seconds": self.ack_seconds,
            "missing_scopes": sorted(self.missing_scopes),
            "rate_limits": self.rates.enforced,
            "uninstalled": self.uninstalled,
        }
