"""'Explain' on a finding: what its check means and how it knows, in a modal for the one who clicked."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from handlers.blocks.explanation import explanation
from handlers.blocks.offers import EXPLAIN
from handlers.clicks import asker_of, show
from handlers.workbench import Workbench
from sickbay.diagnostics.catalogue import load_checks


def register(app: App, workbench: Workbench) -> None:
    """Listen to the button."""
    app.action(EXPLAIN)(partial(explain, workbench=workbench))


def explain(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond, workbench: Workbench
) -> None:
    """Show the check's documentation."""
    chosen = workbench.choose(action["value"], "explain", asker_of(body))
    ack()
    show(body, client, respond, chosen if isinstance(chosen, str) else explanation(load_checks()[chosen.finding.code]))
