"""What people say to the bot in a direct message: the same words, with or without `diagnose`."""

from functools import partial
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from handlers.desk import Desk
from handlers.events.mention import not_for_the_bot, said_by_a_person, take
from handlers.incidents import IncidentDesk
from handlers.reports import ReportDesk


def register(app: App, desk: Desk, incidents: IncidentDesk, reports: ReportDesk) -> None:
    """Listen to direct messages of people; edits, joins and other bots are none."""
    app.event("message", matchers=[_is_direct, said_by_a_person])(
        partial(direct_message, desk=desk, incidents=incidents, reports=reports)
    )
    app.event("message")(not_for_the_bot)


def direct_message(
    body: dict[str, Any],
    event: dict[str, Any],
    client: WebClient,
    desk: Desk,
    incidents: IncidentDesk,
    reports: ReportDesk,
) -> None:
    """Take what was said."""
    notice = take(body, event, desk, incidents, reports)
    if notice:
        client.chat_postMessage(
            channel=event["channel"], thread_ts=event.get("thread_ts"), text=notice, unfurl_links=False
        )


def _is_direct(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im"
