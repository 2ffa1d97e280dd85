"""`/incident …`: opens, moves and shows incidents. Alone: a form."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from handlers.blocks.incident_forms import opening_form
from handlers.clicks import open_modal
from handlers.guard import Asker
from handlers.incidents import IncidentDesk
from handlers.messages import typed
from sickbay.jobs.model import Destination


def register(app: App, desk: IncidentDesk) -> None:
    """Listen to the command."""
    app.command("/incident")(partial(incident, desk=desk))


def incident(ack: Ack, command: dict[str, Any], client: WebClient, desk: IncidentDesk) -> None:
    """Take the command; an answer for the asker alone travels in the acknowledgement."""
    place = Destination(channel=command["channel_id"], response_url=command["response_url"])
    text = typed(command.get("text", "")).strip()
    if text.lower() not in {"", "open"}:
        notice = desk.take(text, asked_by=command["user_id"], destination=place, request_id=command["trigger_id"])
    elif not (notice := desk.barred(Asker(command["user_id"], place.channel))):
        open_modal(client, command["trigger_id"], opening_form(place, desk.defaults))
    if notice is None:
        ack()
    else:
        ack(response_type="ephemeral", text=notice)
