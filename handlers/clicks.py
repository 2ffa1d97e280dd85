"""What clicks have in common: who clicked, where, and how they are answered."""

from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient

from handlers.blocks.text import Block
from handlers.guard import Asker
from sickbay.jobs.model import Destination

#: Seconds that Slack has to open a modal: what opens it holds for three, and so long may the acknowledgement take.
_OPENING = 2


def asker_of(body: dict[str, Any]) -> Asker:
    """Give who clicked, and in which channel."""
    return Asker(body["user"]["id"], body["container"]["channel_id"])


def thread_of(body: dict[str, Any]) -> Destination:
    """Give the thread below, or with, the message in which was clicked."""
    container = body["container"]
    return Destination(
        channel=container["channel_id"],
        thread_ts=container.get("thread_ts") or container["message_ts"],
        response_url=body.get("response_url"),
    )


def show(body: dict[str, Any], client: WebClient, respond: Respond, view: Block | str) -> None:
    """Open the modal for the one who clicked, or tell them the sentence why there is none."""
    if isinstance(view, str):
        respond(view, replace_original=False)
    else:
        open_modal(client, body["trigger_id"], view)


def open_modal(client: WebClient, trigger_id: str, view: Block) -> None:
    """Open a modal, with the request's own client. Raises SlackApiError, and OSError where that takes too long."""
    client.timeout = _OPENING
    client.views_open(trigger_id=trigger_id, view=view)
