"""'Diagnose this' in the menu of a message: an alert, a name, an ARN or an id in it proposes what to diagnose."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from handlers.blocks.form import MOST_CLUES, Place, diagnosis_form
from handlers.clicks import open_modal
from handlers.clues import clues_of, words_of
from handlers.desk import Desk
from handlers.guard import Asker

DIAGNOSE = "diagnose_message"


def register(app: App, desk: Desk) -> None:
    """Listen to the shortcut."""
    app.shortcut(DIAGNOSE)(partial(diagnose, desk=desk))


def diagnose(ack: Ack, shortcut: dict[str, Any], client: WebClient, desk: Desk) -> None:
    """Open the form with what the message tells of; the answer will stand in its thread."""
    ack()
    message, asker = shortcut["message"], Asker(shortcut["user"]["id"], shortcut["channel"]["id"])
    targets = desk.targets_for(asker)
    clues = clues_of(words_of(message), targets, {name: desk.scopes(asker, name) for name in targets})
    place = Place(
        channel=asker.channel,
        thread_ts=message.get("thread_ts") or message["ts"],
        response_url=shortcut["response_url"],
        clues=clues[:MOST_CLUES],
    )
    open_modal(client, shortcut["trigger_id"], diagnosis_form(place))
