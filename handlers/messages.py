"""Messages as the timeline of an incident keeps them: their key, what they say and when, and the thread they are in."""

import re
from datetime import UTC, datetime
from typing import Any

from handlers.clues import words_of
from sickbay.jobs.model import Destination

_LINK = re.compile(r"<((?:https?://|mailto:)[^|<>]+)(?:\|([^<>]*))?>")


def typed(text: str) -> str:
    """Give what a person typed of what Slack made of it: addresses are no links, and three signs no entities."""
    plain = _LINK.sub(lambda found: _address(found[1], found[2] or ""), text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _address(url: str, label: str) -> str:
    """Give an address, and its label where that says something else."""
    return url if label in {"", url} or url.endswith(f"/{label}") or url == f"mailto:{label}" else f"{url} {label}"


def key_of(channel: str, ts: str) -> str:
    """Give the key of a message in a timeline."""
    return f"message:{channel}:{ts}"


def place_of(message: dict[str, Any], channel: str) -> Destination:
    """Give the thread that a message stands in, or begins."""
    return Destination(channel=channel, thread_ts=message.get("thread_ts") or message["ts"])


def said_in(message: dict[str, Any]) -> str:
    """Give what a message says; the name of its first file where it says nothing."""
    names = [str(file.get("name") or file.get("title") or "a file") for file in message.get("files") or ()]
    # Its blocks say the same as its text, where it has one.
    said = typed(str(message.get("text") or "")) or words_of(message)
    return said.strip() or ", ".join(names) or "(nothing)"


def said_by(message: dict[str, Any]) -> str:
    """Give who said it: a person's id, or the name of the app."""
    app = message.get("username") or (message.get("bot_profile") or {}).get("name") or "an app"
    return str(app if message.get("bot_id") else message.get("user") or app)


def said_at(message: dict[str, Any]) -> datetime:
    """Give when it was said."""
    return datetime.fromtimestamp(float(message["ts"]), UTC)
