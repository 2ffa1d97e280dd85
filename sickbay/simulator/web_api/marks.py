"""reactions.*, pins.* and bookmarks.*: what is marked, and by whom."""

import re

from sickbay.simulator.errors import SlackError
from sickbay.simulator.store import BOT_USER, Store
from sickbay.simulator.web_api import Desk, Wire, joined_channel, known_channel, open_channel
from sickbay.simulator.wire import string

_EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")
_MOST_PINS = 100


def react(store: Store, message: Wire, name: str, user: str, *, on: bool) -> None:
    """Add or take a person's reaction. Raises SlackError."""
    if not _EMOJI.fullmatch(name):
        raise SlackError("invalid_name")
    reactions: list[Wire] = message.setdefault("reactions", [])
    known = next((item for item in reactions if item["name"] == name), None)
    if on == bool(known and user in known["users"]):
        raise SlackError("already_reacted" if on else "no_reaction")
    if known is None:
        known = {"name": name, "users": [], "count": 0}
        reactions.append(known)
    known["users"] = [*known["users"], user] if on else [item for item in known["users"] if item != user]
    known["count"] = len(known["users"])
    message["reactions"] = [item for item in reactions if item["count"]]
    store.changed(message)
    item = {"type": "message", "channel": message["channel"], "ts": message["ts"]}
    event = {"type": "reaction_added" if on else "reaction_removed", "user": user, "item": item}
    store.raised(event | {"reaction": name, "item_user": message["user"]})


def add_reaction(desk: Desk, call: Wire) -> Wire:
    """reactions.add."""
    react(desk.store, _message(desk, call), string(call.get("name")), BOT_USER, on=True)
    return {}


def remove_reaction(desk: Desk, call: Wire) -> Wire:
    """reactions.remove."""
    react(desk.store, _message(desk, call), string(call.get("name")), BOT_USER, on=False)
    return {}


def get_reactions(desk: Desk, call: Wire) -> Wire:
    """reactions.get."""
    message = _message(desk, call)
    return {"type": "message", "channel": message["channel"], "message": message}


def pin(store: Store, channel: Wire, message: Wire, user: str, *, on: bool) -> None:
    """Pin a message to its channel, or take it from there. Raises SlackError."""
    pins: list[str] = channel["pins"]
    if on == (message["ts"] in pins):
        raise SlackError("already_pinned" if on else "no_pin")
    if on and len(pins) >= _MOST_PINS:
        raise SlackError("too_many_pins")
    pins[:] = [*pins, message["ts"]] if on else [ts for ts in pins if ts != message["ts"]]
    store.tell({"type": "channel", "channel": channel})
    item = {"type": "message", "channel": channel["id"], "created_by": message["user"], "message": message}
    event = {"type": "pin_added" if on else "pin_removed", "user": user, "channel_id": channel["id"], "item": item}
    store.raised(event)


def add_pin(desk: Desk, call: Wire) -> Wire:
    """pins.add."""
    pin(desk.store, joined_channel(desk, call), _message(desk, call), BOT_USER, on=True)
    return {}


def remove_pin(desk: Desk, call: Wire) -> Wire:
    """pins.remove."""
    pin(desk.store, known_channel(desk, call), _message(desk, call), BOT_USER, on=False)
    return {}


def list_pins(desk: Desk, call: Wire) -> Wire:
    """pins.list."""
    channel = known_channel(desk, call)
    messages = [desk.store.message(channel["id"], ts) for ts in channel["pins"]]
    return {"items": [{"type": "message", "channel": channel["id"], "message": item} for item in messages]}


def add_bookmark(desk: Desk, call: Wire) -> Wire:
    """bookmarks.add."""
    title, link = string(call.get("title")), string(call.get("link"))
    if not (title and link):
        raise SlackError("invalid_arguments")
    bookmark = {"id": desk.store.id("Bk"), "title": title, "link": link, "type": "link"}
    known_channel(desk, call)["bookmarks"].append(bookmark)
    return {"bookmark": bookmark} | _told(desk, call)


def edit_bookmark(desk: Desk, call: Wire) -> Wire:
    """bookmarks.edit."""
    bookmark = _bookmark(desk, call)
    bookmark.update({key: string(call[key]) for key in ("title", "link") if string(call.get(key))})
    return {"bookmark": bookmark} | _told(desk, call)


def remove_bookmark(desk: Desk, call: Wire) -> Wire:
    """bookmarks.remove."""
    known_channel(desk, call)["bookmarks"].remove(_bookmark(desk, call))
    return _told(desk, call)


def list_bookmarks(desk: Desk, call: Wire) -> Wire:
    """bookmarks.list."""
    return {"bookmarks": known_channel(desk, call)["bookmarks"]}


def _message(desk: Desk, call: Wire) -> Wire:
    """Give the message that a call names. Raises SlackError."""
    channel = open_channel(desk, call)
    if not call.get("timestamp"):
        raise SlackError("no_item_specified")
    return desk.store.message(channel["id"], call["timestamp"])


def _bookmark(desk: Desk, call: Wire) -> Wire:
    for bookmark in known_channel(desk, call)["bookmarks"]:
        if bookmark["id"] == call.get("bookmark_id"):
            known: Wire = bookmark
            return known
    raise SlackError("bookmark_not_found")


def _told(desk: Desk, call: Wire) -> Wire:
    desk.store.tell({"type": "channel", "channel": known_channel(desk, call)})
    return {}


METHODS = {
    "reactions.add": add_reaction,
    "reactions.remove": remove_reaction,
    "reactions.get": get_reactions,
    "pins.add": add_pin,
    "pins.remove": remove_pin,
    "pins.list": list_pins,
    "bookmarks.add": add_bookmark,
    "bookmarks.edit": edit_bookmark,
    "bookmarks.remove": remove_bookmark,
    "bookmarks.list": list_bookmarks,
}
