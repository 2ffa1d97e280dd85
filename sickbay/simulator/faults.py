"""What a test can ask to go wrong."""

from collections import deque

import msgspec

#: The HTTP status of Slack's rate limits.
TOO_MANY = 429


class Refusal(msgspec.Struct, frozen=True):
    """An answer other than the method's own: an HTTP status, and for 429 the seconds to wait."""

    status: int
    retry_after: int

    @property
    def headers(self) -> dict[str, str]:
        """Give the headers that Slack sends with it."""
        return {"Retry-After": str(self.retry_after)} if self.status == TOO_MANY else {}


class Faults:
    """Consulted by the Web API and by Socket Mode; nothing goes wrong unless asked."""

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

    def fail_next(self, method: str, *, status: int = 500, count: int = 1, retry_after: int = 1) -> None:
        """Refuse the next calls of a method."""
        self._refusals.setdefault(method, deque()).extend([Refusal(status, retry_after)] * count)

    def duplicate_next_event(self) -> None:
        """Deliver the next envelope twice."""
        self.duplicates += 1

    def expect_acks_within(self, seconds: float) -> None:
        """Wait less than Slack's three seconds for an acknowledgement."""
        self.ack_seconds = seconds

    def takes_duplicate(self) -> bool:
        """Say whether what is delivered now goes out twice, which uses up one such request."""
        self.duplicates -= 1 if (wanted := self.duplicates > 0) else 0
        return wanted

    def refusal(self, method: str) -> Refusal | None:
        """Give what to answer a call with instead, if anything."""
        waiting = self._refusals.get(method)
        return waiting.popleft() if waiting else None
