"""'Run again' on a card: the same diagnosis once more, its card and findings in the same thread."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from handlers.blocks.offers import RUN_AGAIN
from handlers.clicks import thread_of
from handlers.workbench import Workbench


def register(app: App, workbench: Workbench) -> None:
    """Listen to the button."""
    app.action(RUN_AGAIN)(partial(run_again, workbench=workbench))


def run_again(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, workbench: Workbench) -> None:
    """Submit the job anew."""
    notice = workbench.desk.again(
        action["value"],
        asked_by=body["user"]["id"],
        destination=thread_of(body),
        request_id=body["trigger_id"],
    )
    ack()
    if notice:
        respond(notice, replace_original=False)
