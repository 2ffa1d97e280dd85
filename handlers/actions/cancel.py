"""'Cancel' on the card of a diagnosis that has not ended."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from handlers.blocks.offers import CANCEL
from handlers.clicks import asker_of
from handlers.workbench import Workbench


def register(app: App, workbench: Workbench) -> None:
    """Listen to the button."""
    app.action(CANCEL)(partial(cancel, workbench=workbench))


def cancel(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, workbench: Workbench) -> None:
    """Cancel the job."""
    notice = workbench.desk.cancel(action["value"], asker_of(body))
    ack()
    if notice:
        respond(notice, replace_original=False)
