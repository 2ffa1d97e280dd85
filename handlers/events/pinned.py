"""A 📌 on a message puts it into the timeline of its incident; taken off again, it is out of it."""

from functools import partial
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from handlers.events.mention import not_for_the_bot
from handlers.guard import Asker
from handlers.incidents import IncidentDesk
from handlers.messages import key_of

PIN = "pushpin"


def register(app: App, desk: IncidentDesk) -> None:
    """Listen to both events, and to no other reaction."""
    app.event("reaction_added", matchers=[_is_pin])(partial(pinned, desk=desk))
    app.event("reaction_removed", matchers=[_is_pin])(partial(unpinned, desk=desk))
    app.event("reaction_added")(not_for_the_bot)
    app.event("reaction_removed")(not_for_the_bot)


def pinned(event: dict[str, Any], client: WebClient, desk: IncidentDesk) -> None:
    """Read the message and add it; who may not, or where there is no incident, is not answered: it was but a sign."""
    channel, ts = event["item"]["channel"], event["item"]["ts"]
    window = {"oldest": ts, "latest": ts, "inclusive": True, "limit": 1}
    try:
        found = client.conversations_replies(channel=channel, ts=ts, **window)["messages"]
    except SlackApiError:
        return
    message = next((item for item in found if item.get("ts") == ts), None)
    if message:
        desk.keep(message, Asker(event["user"], channel))


def unpinned(event: dict[str, Any], desk: IncidentDesk) -> None:
    """Take the message out."""
    desk.deleted(key_of(event["item"]["channel"], event["item"]["ts"]))


def _is_pin(event: dict[str, Any]) -> bool:
    return event.get("reaction") == PIN and event.get("item", {}).get("type") == "message"
