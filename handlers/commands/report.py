"""`/report …`: adds, changes and shows reports that come by themselves. Alone: a form."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from handlers.blocks.report_forms import adding_form
from handlers.blocks.reports_told import said
from handlers.clicks import open_modal
from handlers.guard import Asker
from handlers.messages import typed
from handlers.reports import ReportDesk
from sickbay.jobs.model import Destination


def register(app: App, desk: ReportDesk) -> None:
    """Listen to the command."""
    app.command("/report")(partial(report, desk=desk))


def report(ack: Ack, command: dict[str, Any], client: WebClient, desk: ReportDesk) -> None:
    """Take the command; the answer, for the asker alone, travels in the acknowledgement."""
    asker = Asker(command["user_id"], command["channel_id"])
    text = typed(command.get("text", "")).strip()
    if text.lower() not in {"", "add"}:
        place = Destination(channel=asker.channel)
        answer = desk.take(text, asked_by=asker.user, destination=place, request_id=command["trigger_id"])
        ack(response_type="ephemeral", **said(answer.text, answer.schedule))
    elif notice := desk.barred(asker):
        ack(response_type="ephemeral", text=notice)
    else:
        open_modal(client, command["trigger_id"], adding_form(asker.channel, desk.zone_of(asker.user)))
        ack()
