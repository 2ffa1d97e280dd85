"""`/diagnose …`: the job is in Redis before Slack is acknowledged, so what was accepted is not lost."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App

from handlers.desk import Desk
from sickbay.jobs.model import Destination


def register(app: App, desk: Desk) -> None:
    """Listen to the command."""
    app.command("/diagnose")(partial(diagnose, desk=desk))


def diagnose(ack: Ack, command: dict[str, Any], desk: Desk) -> None:
    """Take the command; an answer for the asker alone travels in the acknowledgement."""
    notice = desk.take(
        command.get("text", ""),
        asked_by=command["user_id"],
        destination=Destination(channel=command["channel_id"], response_url=command["response_url"]),
        request_id=command["trigger_id"],
    )
    if notice is None:
        ack()
    else:
        ack(response_type="ephemeral", text=notice)
