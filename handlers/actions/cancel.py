"""'Cancel' on the card of a diagnosis that has not ended."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from handlers.blocks.card import CANCEL
from handlers.desk import Desk


def register(app: App, desk: Desk) -> None:
    """Listen to the button."""
    app.action(CANCEL)(partial(cancel, desk=desk))


def cancel(ack: Ack, action: dict[str, Any], respond: Respond, desk: Desk) -> None:
    """Cancel the job."""
    notice = desk.cancel(action["value"])
    ack()
    if notice:
        respond(notice, replace_original=False)
