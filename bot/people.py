"""What Slack knows of a person."""

import time
from collections.abc import Callable
from functools import partial

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.promptly import promptly

log = structlog.get_logger()

#: Seconds for which a time zone that Slack told holds.
_FRESH = 3600.0


def unfit(client: WebClient, user: str) -> str:
    """Give why somebody can have no role in an incident, or nothing. Who cannot be looked up may have one."""
    try:
        known = client.users_info(user=user)["user"]
    except SlackApiError as error:
        missing = error.response.get("error") in {"user_not_found", "users_not_found", "user_not_visible"}
        return f"There is nobody called <@{user}> here." if missing else ""
    if known.get("deleted"):
        return f"<@{user}> has left this workspace. Choose somebody who is here."
    if known.get("is_bot") or known.get("id") == "USLACKBOT":
        return f"<@{user}> is a bot. A role is for a person."
    return ""


class TimeZones:
    """Knows people's time zones, as Slack tells them; each answer holds for an hour."""

    def __init__(self, client: WebClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[float, str]] = {}

    def of(self, user: str) -> str:
        """Give a person's time zone, such as Europe/London; nothing where Slack does not tell it now, or not in time.

        An answer that comes too late is known the next time.
        """
        until, zone = self._known.get(user, (0.0, ""))
        if self._clock() >= until:
            try:
                return promptly(partial(self._asked, user))
            except (SlackApiError, OSError) as error:
                log.warning("a person's time zone is not known", user=user, error=str(error))
        return zone

    def _asked(self, user: str) -> str:
        zone = str(self._client.users_info(user=user)["user"].get("tz") or "")
        self._known[user] = (self._clock() + _FRESH, zone)
        return zone
