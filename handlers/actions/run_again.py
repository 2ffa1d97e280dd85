"""'Run again' on a card: the same diagnosis once more, its card and findings in the same thread."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from handlers.blocks.card import RUN_AGAIN
from handlers.desk import Desk
from sickbay.jobs.model import Destination


def register(app: App, desk: Desk) -> None:
    """Listen to the button."""
    app.action(RUN_AGAIN)(partial(run_again, desk=desk))


def run_again(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, desk: Desk) -> None:
    """Submit the job anew."""
    container = body["container"]
    notice = desk.again(
        action["value"],
        asked_by=body["user"]["id"],
        destination=Destination(
            channel=container["channel_id"],
            thread_ts=container.get("thread_ts") or container["message_ts"],
            response_url=body.get("response_url"),
        ),
        request_id=body["trigger_id"],
    )
    ack()
    if notice:
        respond(notice, replace_original=False)
