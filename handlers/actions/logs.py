"""'Logs' on a finding: the end of its subject's log as it is now, as a file in the thread."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from handlers.blocks.offers import LOGS
from handlers.clicks import thread_of
from handlers.workbench import Workbench


def register(app: App, workbench: Workbench) -> None:
    """Listen to the button."""
    app.action(LOGS)(partial(logs, workbench=workbench))


def logs(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, workbench: Workbench) -> None:
    """Submit the reading of the log."""
    notice = workbench.logs(
        action["value"],
        asked_by=body["user"]["id"],
        destination=thread_of(body),
        request_id=body["trigger_id"],
    )
    ack()
    if notice:
        respond(notice, replace_original=False)
