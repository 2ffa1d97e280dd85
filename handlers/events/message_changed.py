"""Messages that were edited or deleted: the timelines that hold them follow."""

from functools import partial
from typing import Any

from slack_bolt import App, BoltContext

from handlers.messages import key_of, said_in
from sickbay.incidents.timeline import Timeline


def register(app: App, timeline: Timeline) -> None:
    """Listen to both kinds of event."""
    app.event({"type": "message", "subtype": "message_changed"})(partial(message_changed, timeline=timeline))
    app.event({"type": "message", "subtype": "message_deleted"})(partial(message_deleted, timeline=timeline))


def message_changed(event: dict[str, Any], context: BoltContext, timeline: Timeline) -> None:
    """Follow an edit; the bot's own cards are edited all the time, and stand in no timeline."""
    message = event["message"]
    if message.get("user") == context.bot_user_id:
        return
    if message.get("subtype") == "tombstone":
        timeline.deleted(key_of(event["channel"], message["ts"]))
    else:
        timeline.edited(key_of(event["channel"], message["ts"]), said_in(message))


def message_deleted(event: dict[str, Any], timeline: Timeline) -> None:
    """Follow a deletion."""
    timeline.deleted(key_of(event["channel"], event["deleted_ts"]))
