"""Somebody opens App Home: it is drawn anew, as things are now."""

from functools import partial
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from handlers.homes import Homes


def register(app: App, homes: Homes) -> None:
    """Listen to the event."""
    app.event("app_home_opened")(partial(home_opened, homes=homes))


def home_opened(event: dict[str, Any], client: WebClient, homes: Homes) -> None:
    """Draw it, unless it is the messages that were opened."""
    if event.get("tab") == "home":
        homes.publish(client, event["user"])
