"""'Lint this' in the menu of a message: its files or blocks of code are linted, and the answer stands in its thread."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond

from handlers.desk import Desk
from handlers.documents import documents_of
from handlers.linting import why_not
from sickbay.jobs.model import Destination

LINT = "lint_message"


def register(app: App, desk: Desk) -> None:
    """Listen to the shortcut."""
    app.shortcut(LINT)(partial(lint, desk=desk))


def lint(ack: Ack, shortcut: dict[str, Any], respond: Respond, desk: Desk) -> None:
    """Submit the lint of the message; why there is none is told to the one who asked."""
    message, channel = shortcut["message"], shortcut["channel"]["id"]
    root, url = message.get("thread_ts") or message["ts"], shortcut["response_url"]
    notice = why_not(documents_of(message)) or desk.lint(
        message["ts"],
        asked_by=shortcut["user"]["id"],
        destination=Destination(channel=channel, thread_ts=root, response_url=url),
        request_id=shortcut["trigger_id"],
    )
    ack()
    if notice:
        respond(notice, replace_original=False)
