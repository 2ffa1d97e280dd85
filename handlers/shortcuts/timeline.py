"""'Add to timeline' in the menu of a message: it joins the timeline of the incident of its thread or channel."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from handlers.blocks import notices
from handlers.guard import Asker
from handlers.incidents import IncidentDesk
from sickbay.incidents.database import DatabaseUnavailableError

ADD = "add_to_timeline"


def register(app: App, desk: IncidentDesk) -> None:
    """Listen to the shortcut."""
    app.shortcut(ADD)(partial(add, desk=desk))


def add(ack: Ack, shortcut: dict[str, Any], respond: Respond, desk: IncidentDesk) -> None:
    """Add the message, and tell the one who chose."""
    try:
        told = desk.keep(shortcut["message"], Asker(shortcut["user"]["id"], shortcut["channel"]["id"]))
    except DatabaseUnavailableError as error:
        told = notices.database_unavailable(str(error))
    ack()
    respond(told, replace_original=False)
