"""What Slack hands out for a while: trigger ids (three seconds, once), response URLs (half an hour, five times)."""

import secrets
import time
from collections.abc import Callable

import msgspec

from sickbay.simulator.errors import SlackError

TRIGGER_SECONDS, RESPONSE_SECONDS, RESPONSE_USES = 3.0, 1800.0, 5


class ResponseUrl(msgspec.Struct, kw_only=True):
    """Where a response URL leads: the channel, the asker, and the message that it may replace."""

    channel: str
    user: str
    expires: float
    message_ts: str = ""
    ephemeral: bool = False
    thread_ts: str = ""
    uses: int = RESPONSE_USES


class OneTime:
    """Gives them out and takes them back."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._triggers: dict[str, tuple[str, float]] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def trigger(self, user: str) -> str:
        """Give a trigger id for the person who acted."""
        trigger = f"{time.time_ns()}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger] = (user, self._clock() + TRIGGER_SECONDS)
        return trigger

    def pull(self, trigger: str) -> str:
        """Use a trigger id and give whose it is. Raises SlackError."""
        if trigger not in self._triggers:
            raise SlackError("invalid_trigger_id")
        user, expires = self._triggers[trigger]
        if expires < 0:
            raise SlackError("exchanged_trigger_id")
        if self._clock() > expires:
            raise SlackError("expired_trigger_id")
        self._triggers[trigger] = (user, -1.0)
        return user

    def response(
        self, channel: str, user: str, *, message_ts: str = "", ephemeral: bool = False, thread_ts: str = ""
    ) -> str:
        """Give the secret part of a response URL."""
        key = secrets.token_urlsafe(18)
        self._responses[key] = ResponseUrl(
            channel=channel,
            user=user,
            expires=self._clock() + RESPONSE_SECONDS,
            message_ts=message_ts,
            ephemeral=ephemeral,
            thread_ts=thread_ts,
        )
        return key

    def respond(self, key: str) -> ResponseUrl | None:
        """Use a response URL; None where it is unknown, used up or too old."""
        known = self._responses.get(key)
        if known is None or known.uses < 1 or self._clock() > known.expires:
            return None
        known.uses -= 1
        return known
