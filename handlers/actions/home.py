"""The buttons of App Home: the form of a diagnosis, and what it shows drawn anew."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from handlers.blocks.form import Place, diagnosis_form
from handlers.blocks.home import OPEN_FORM, REFRESH
from handlers.clicks import open_modal
from handlers.homes import Homes


def register(app: App, homes: Homes) -> None:
    """Listen to both."""
    app.action(OPEN_FORM)(open_form)
    app.action(REFRESH)(partial(refresh, homes=homes))


def open_form(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    """Open the form, which asks for the channel too."""
    ack()
    open_modal(client, body["trigger_id"], diagnosis_form(Place()))


def refresh(ack: Ack, body: dict[str, Any], client: WebClient, homes: Homes) -> None:
    """Draw Home anew."""
    ack()
    homes.publish(client, body["user"]["id"])
