"""How the workspace reaches the app: what it sends, and what came back. Over sockets or over HTTP."""

from typing import Any, Protocol

import msgspec

from sickbay.simulator.wire import Wire


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """How the app answered: `connected` is false where it could not be reached, `reason` says why it did not.

    `again` is false where it would be no use to send an event once more, or the app asked not to.
    """

    acked: bool
    connected: bool = True
    payload: Any = None
    milliseconds: float = 0.0
    reason: str = "timeout"
    again: bool = True


class Delivery(Protocol):
    """A way to the app."""

    @property
    def connected(self) -> bool:
        """Say whether an app is there."""

    @property
    def pauses(self) -> tuple[float, ...]:
        """Give the seconds before each retry of an event that was not acknowledged."""

    async def send(
        self, kind: str, name: str, payload: Wire, *, answerable: bool = True, retry: int = 0, reason: str = ""
    ) -> Ack:
        """Send a payload of a kind, and wait for its acknowledgement as long as Slack would.

        `name` is for the journal. `retry` counts the times that an event was sent before, `reason` is why it must be
        sent again.
        """
