"""Messages as the timeline of an incident keeps them: their key, what they say and when, and the thread they are in."""

from datetime import UTC, datetime
from typing import Any

from handlers.clues import words_of
from sickbay.jobs.model import Destination


def key_of(channel: str, ts: str) -> str:
    """Give the key of a message in a timeline."""
    return f"message:{channel}:{ts}"


def place_of(message: dict[str, Any], channel: str) -> Destination:
    """Give the thread that a message stands in, or begins."""
    return Destination(channel=channel, thread_ts=message.get("thread_ts") or message["ts"])


def said_in(message: dict[str, Any]) -> str:
    """Give what a message says; the name of its first file where it says nothing."""
    names = [str(file.get("name") or file.get("title") or "a file") for file in message.get("files") or ()]
    return words_of(message).strip() or ", ".join(names) or "(nothing)"


def said_by(message: dict[str, Any]) -> str:
    """Give who said it: a person's id, or the name of the app."""
    app = message.get("username") or (message.get("bot_profile") or {}).get("name") or "an app"
    return str(app if message.get("bot_id") else message.get("user") or app)


def said_at(message: dict[str, Any]) -> datetime:
    """Give when it was said."""
    return datetime.fromtimestamp(float(message["ts"]), UTC)
