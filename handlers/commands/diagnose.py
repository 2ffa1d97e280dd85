"""`/diagnose …`: the job is in Redis before Slack is acknowledged, so what was accepted is not lost. Alone: a form."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from handlers.blocks.form import Place, diagnosis_form
from handlers.clicks import open_modal
from handlers.desk import Desk
from sickbay.jobs.model import Destination


def register(app: App, desk: Desk) -> None:
    """Listen to the command."""
    app.command("/diagnose")(partial(diagnose, desk=desk))


def diagnose(ack: Ack, command: dict[str, Any], client: WebClient, desk: Desk) -> None:
    """Take the command; an answer for the asker alone travels in the acknowledgement."""
    place = Destination(channel=command["channel_id"], response_url=command["response_url"])
    if not command.get("text", "").strip():
        ack()
        form = diagnosis_form(Place(channel=place.channel, response_url=place.response_url))
        open_modal(client, command["trigger_id"], form)
        return
    notice = desk.take(
        command["text"], asked_by=command["user_id"], destination=place, request_id=command["trigger_id"]
    )
    if notice is None:
        ack()
    else:
        ack(response_type="ephemeral", text=notice)
