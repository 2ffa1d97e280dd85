"""`@sickbay diagnose …` in channels and threads, where Slack has no slash commands, and `@sickbay lint` with files.

In the thread of a diagnosis `again`, `since 2h` and `logs NAME` go on from it.
"""

import re
from contextlib import suppress
from functools import partial
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from handlers.desk import Desk
from handlers.incidents import IncidentDesk
from handlers.linting import asks_to_lint, take_said
from handlers.messages import typed
from handlers.reports import ReportDesk
from sickbay.jobs.model import Destination

_ADDRESS = re.compile(r"^\s*<@[A-Z0-9]+(?:\|[^>]*)?>[:,]?\s*")
_VERB = re.compile(r"^/?diagnose(?:\s+|$)", re.IGNORECASE)


def register(app: App, desk: Desk, incidents: IncidentDesk, reports: ReportDesk) -> None:
    """Listen to mentions by people; two bots that answer each other would never end."""
    app.event("app_mention", matchers=[said_by_a_person])(
        partial(mention, desk=desk, incidents=incidents, reports=reports)
    )
    app.event("app_mention")(not_for_the_bot)


def mention(
    body: dict[str, Any],
    event: dict[str, Any],
    client: WebClient,
    desk: Desk,
    incidents: IncidentDesk,
    reports: ReportDesk,
) -> None:
    """Take what was said to the bot, and show that it was seen; errors are shown to the asker alone."""
    notice = take(body, event, desk, incidents, reports)
    if notice:
        thread = {"thread_ts": event["thread_ts"]} if "thread_ts" in event else {}
        client.chat_postEphemeral(channel=event["channel"], user=event["user"], text=notice, **thread)
        return
    with suppress(SlackApiError):
        # A courtesy: the answer comes without it, also when the event comes twice and the eyes are there already.
        client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="eyes")


def take(
    body: dict[str, Any], event: dict[str, Any], desk: Desk, incidents: IncidentDesk, reports: ReportDesk
) -> str | None:
    """Take the words after the bot's name and, where it stands there, the verb."""
    words = _ADDRESS.sub("", event.get("text", ""))
    if asks_to_lint(words, event):
        return take_said(event, desk, request_id=body["event_id"])
    place = Destination(channel=event["channel"], thread_ts=event.get("thread_ts"))
    asked = reports.heard(typed(words))
    if asked is not None:
        return reports.take(asked, asked_by=event["user"], destination=place, request_id=body["event_id"]).text
    said = incidents.heard(typed(words), place)
    if said is not None:
        return incidents.take(said, asked_by=event["user"], destination=place, request_id=body["event_id"])
    text = _VERB.sub("", words)
    return desk.take(text, asked_by=event["user"], destination=place, request_id=body["event_id"])


def said_by_a_person(event: dict[str, Any]) -> bool:
    """Say whether a person wrote this message now, maybe with files: edits, joins and bots have a mark of their own."""
    return event.get("subtype", "file_share") == "file_share" and not event.get("bot_id")


def not_for_the_bot() -> None:
    """Acknowledge what nobody has to answer, so that Slack does not send it again."""
