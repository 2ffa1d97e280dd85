"""A 📌 on a message puts it into the timeline of its incident; taken off again, it is out of it."""

from functools import partial
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from handlers.events.mention import not_for_the_bot
from handlers.guard import Asker
from handlers.incidents import IncidentDesk

PIN = "pushpin"


def register(app: App, desk: IncidentDesk) -> None:
    """Listen to both events, and to no other reaction."""
    app.event("reaction_added", matchers=[_is_pin])(partial(pinned, desk=desk))
    app.event("reaction_removed", matchers=[_is_pin])(partial(unpinned, desk=desk))
    app.event("reaction_added")(not_for_the_bot)
    app.event("reaction_removed")(not_for_the_bot)


def pinned(event: dict[str, Any], client: WebClient, desk: IncidentDesk) -> None:
    """Read the message and add it; who may not, or where there is no incident, is not answered: it was but a sign."""
    message = _message(event, client)
    if message:
        desk.keep(message, _asker(event))


def unpinned(event: dict[str, Any], client: WebClient, desk: IncidentDesk) -> None:
    """Take the message out for who may, unless somebody else's 📌 is still on it."""
    message = _message(event, client) or {}
    if not any(reaction.get("name") == PIN for reaction in message.get("reactions") or ()):
        desk.drop(event["item"]["ts"], _asker(event))


def _message(event: dict[str, Any], client: WebClient) -> dict[str, Any] | None:
    """Give the message as it is now. What Slack cannot tell now is tried again, since Slack sends the event again."""
    channel, ts = event["item"]["channel"], event["item"]["ts"]
    window = {"oldest": ts, "latest": ts, "inclusive": True, "limit": 1}
    found = client.conversations_replies(channel=channel, ts=ts, **window)["messages"]
    return next((item for item in found if item.get("ts") == ts), None)


def _asker(event: dict[str, Any]) -> Asker:
    return Asker(event["user"], event["item"]["channel"])


def _is_pin(event: dict[str, Any]) -> bool:
    return event.get("reaction") == PIN and event.get("item", {}).get("type") == "message"
