"""What a finding is to the incident of its thread: the cause, a symptom, or irrelevant, from the menu beside it."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from handlers.blocks.offers import JUDGE
from handlers.clicks import asker_of, thread_of
from handlers.workbench import Workbench


def register(app: App, workbench: Workbench) -> None:
    """Listen to the menu."""
    app.action(JUDGE)(partial(judge, workbench=workbench))


def judge(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, workbench: Workbench) -> None:
    """Note it, and tell the one who chose."""
    thread_ts = thread_of(body).thread_ts or ""
    told = workbench.judge(action["selected_option"]["value"], asker_of(body), thread_ts)
    ack()
    respond(told, replace_original=False)
