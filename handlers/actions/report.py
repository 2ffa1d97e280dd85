"""The buttons below a scheduled report that the asker alone sees, and that of App Home, which opens the form."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from handlers.blocks import reports_told as card
from handlers.blocks.report_forms import OPEN, adding_form, editing_form
from handlers.clicks import asker_of, open_modal, show
from handlers.guard import Asker
from handlers.homes import PRIVATE
from handlers.reports import ReportDesk
from sickbay.jobs.model import Destination

_VERBS = {card.NOW: "now", card.PAUSE: "pause", card.RESUME: "resume", card.REMOVE: "remove"}


def register(app: App, desk: ReportDesk) -> None:
    """Listen to each."""
    for action_id, verb in _VERBS.items():
        app.action(action_id)(partial(press, verb=verb, desk=desk))
    app.action(card.EDIT)(partial(open_edit, desk=desk))
    app.action(OPEN)(partial(open_new, desk=desk))


def press(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, verb: str, desk: ReportDesk
) -> None:
    """Do what a button says; what it changed is shown in place of what was there, and that alone."""
    asker = asker_of(body)
    place = Destination(channel=asker.channel)
    words = f"{verb} {action['value']}"
    answer = desk.take(words, asked_by=asker.user, destination=place, request_id=body["trigger_id"])
    ack()
    respond(**card.said(answer.text, answer.schedule), replace_original=bool(answer.schedule) or answer.removed)


def open_edit(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond, desk: ReportDesk
) -> None:
    """Open the form of a report as it is."""
    ack()
    asker = asker_of(body)
    schedule = desk.editable(int(action["value"]), asker)
    show(body, client, respond, schedule if isinstance(schedule, str) else editing_form(schedule, asker.channel))


def open_new(ack: Ack, body: dict[str, Any], client: WebClient, desk: ReportDesk) -> None:
    """Open the form of a new report, which asks for the channel too."""
    ack()
    user = body["user"]["id"]
    if not desk.barred(Asker(user, PRIVATE)):
        open_modal(client, body["trigger_id"], adding_form(PRIVATE, desk.zone_of(user)))
