"""'Mute for a day' on a finding: the channel's next answers only count it."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from handlers.blocks.offers import MUTE
from handlers.clicks import asker_of
from handlers.workbench import Workbench


def register(app: App, workbench: Workbench) -> None:
    """Listen to the button."""
    app.action(MUTE)(partial(mute, workbench=workbench))


def mute(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, workbench: Workbench) -> None:
    """Mute the finding, and tell the one who clicked."""
    told = workbench.mute(action["value"], asker_of(body))
    ack()
    respond(told, replace_original=False)
