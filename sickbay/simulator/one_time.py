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


class _Trigger(msgspec.Struct, kw_only=True):
    user: str
    expires: float
    used: bool = False


class OneTime:
    """Gives them out and takes them back. A trigger id holds for three seconds, or as long as the app has to answer."""

    def __init__(
        self, clock: Callable[[], float] = time.time, answers_within: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._clock = clock
        self._answers_within = answers_within
        self._codes: set[str] = set()
        self._triggers: dict[str, _Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def trigger(self, user: str) -> str:
        """Give a trigger id for the person who acted."""
        self._forget_old()
        trigger = f"{time.time_ns()}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        holds = max(TRIGGER_SECONDS, self._answers_within())
        self._triggers[trigger] = _Trigger(user=user, expires=self._clock() + holds)
        return trigger

    def pull(self, trigger: str) -> str:
        """Use a trigger id and give whose it is. Raises SlackError."""
        if trigger not in self._triggers:
            raise SlackError("invalid_trigger_id")
        known = self._triggers[trigger]
        if known.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() > known.expires:
            raise SlackError("expired_trigger_id")
        known.used = True
        return known.user

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

    def code(self) -> str:
        """Give a code that an app exchanges for its token."""
        code = secrets.token_urlsafe(18)
        self._codes.add(code)
        return code

    def take_code(self, code: str) -> None:
        """Use such a code. Raises SlackError."""
        if code not in self._codes:
            raise SlackError("invalid_code")
        self._codes.remove(code)

    def respond(self, key: str) -> ResponseUrl:
        """Use a response URL. Raises SlackError where it is unknown, too old or used up."""
        known = self._responses.get(key)
        if known is None or self._clock() > known.expires:
            raise SlackError("expired_url")
        if known.uses < 1:
            raise SlackError("used_url")
        known.uses -= 1
        return known

    def _forget_old(self) -> None:
        """Drop what expired long ago, so that a workspace that runs for weeks does not grow; the oldest come first."""
        old = self._clock() - RESPONSE_SECONDS
        while self._triggers and next(iter(self._triggers.values())).expires < old:
            del self._triggers[next(iter(self._triggers))]
        while self._responses and next(iter(self._responses.values())).expires < old:
            del self._responses[next(iter(self._responses))]
