"""'Compare with last run' on a card: what appeared and what went away, in a modal for the one who clicked."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from handlers.blocks.comparison import comparison
from handlers.blocks.offers import COMPARE
from handlers.clicks import asker_of, show
from handlers.workbench import Workbench


def register(app: App, workbench: Workbench) -> None:
    """Listen to the button."""
    app.action(COMPARE)(partial(compare, workbench=workbench))


def compare(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond, workbench: Workbench
) -> None:
    """Show the difference."""
    runs = workbench.compare(action["value"], asker_of(body))
    ack()
    show(body, client, respond, runs if isinstance(runs, str) else comparison(*runs))
