"""'Details' on a finding: all its evidence, its fix, and what it explains, in a modal for the one who clicked."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from handlers.blocks.details import details as view_of
from handlers.blocks.offers import DETAILS
from handlers.clicks import asker_of, show
from handlers.workbench import Workbench


def register(app: App, workbench: Workbench) -> None:
    """Listen to the button."""
    app.action(DETAILS)(partial(details, workbench=workbench))


def details(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond, workbench: Workbench
) -> None:
    """Show the finding."""
    chosen = workbench.choose(action["value"], "details", asker_of(body))
    ack()
    show(body, client, respond, chosen if isinstance(chosen, str) else view_of(chosen.report, chosen.finding))
