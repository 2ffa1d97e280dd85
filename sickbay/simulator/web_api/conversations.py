"""conversations.*: channels, their members and what stands in them."""

import math
import re
from collections.abc import Sequence
from typing import TypeVar

from sickbay.simulator.errors import SlackError
from sickbay.simulator.store import BOT_USER
from sickbay.simulator.web_api import Desk, Wire, joined_channel, known_channel, open_channel
from sickbay.simulator.wire import number, string, true

T = TypeVar("T")

_NAME = re.compile(r"[a-z0-9_-]+")
_TYPES = frozenset({"public_channel", "private_channel", "im", "mpim"})
#: Characters of a name and a topic; items of a page; people in one conversation besides the bot.
_NAME_LENGTH, _TOPIC, _MOST, _MOST_OPEN = 80, 250, 1000, 8


def page(items: Sequence[T], call: Wire, *, usual: int = 100) -> tuple[list[T], Wire]:
    """Give one page of a list, and the cursor to the next as `response_metadata`."""
    limit = number(call, "limit", usual, wrong="invalid_limit")
    start = number(call, "cursor", 0, wrong="invalid_cursor")
    if not 1 <= limit <= _MOST:
        raise SlackError("invalid_limit")
    if not 0 <= start <= len(items):
        raise SlackError("invalid_cursor")
    start, limit = int(start), int(limit)
    following = str(start + limit) if start + limit < len(items) else ""
    return list(items[start : start + limit]), {"response_metadata": {"next_cursor": following}}


def listing(desk: Desk, call: Wire) -> Wire:
    """conversations.list."""
    types = {name.strip() for name in (string(call.get("types")) or "public_channel").split(",")}
    if not types <= _TYPES:
        raise SlackError("invalid_types")
    living = true(call.get("exclude_archived"))
    channels = desk.store.channels.values()
    wanted = [item for item in channels if _type(item) in types and not (living and item["is_archived"])]
    found, following = page(wanted, call)
    return {"channels": [told(channel) for channel in found]} | following


def info(desk: Desk, call: Wire) -> Wire:
    """conversations.info."""
    return {"channel": told(known_channel(desk, call), counted=true(call.get("include_num_members")))}


def members(desk: Desk, call: Wire) -> Wire:
    """conversations.members."""
    found, following = page(known_channel(desk, call)["members"], call)
    return {"members": found} | following


def history(desk: Desk, call: Wire) -> Wire:
    """conversations.history: newest first."""
    channel = joined_channel(desk, call)
    messages, following = page(_within(desk.store.roots(channel["id"])[::-1], call), call)
    more = bool(following["response_metadata"]["next_cursor"])
    return {"messages": [_seen(item, call) for item in messages], "has_more": more} | following


def replies(desk: Desk, call: Wire) -> Wire:
    """conversations.replies: the root and its replies, oldest first."""
    channel = joined_channel(desk, call)
    root, *found = desk.store.thread(channel["id"], string(call.get("ts")))
    messages, following = page([root, *_within(found, call)], call, usual=_MOST)
    more = bool(following["response_metadata"]["next_cursor"])
    return {"messages": [_seen(item, call) for item in messages], "has_more": more} | following


def open_im(desk: Desk, call: Wire) -> Wire:
    """conversations.open: the direct messages with one person."""
    if call.get("channel"):
        return {"channel": told(known_channel(desk, call))}
    users = _users(desk, call, "users_list_not_supplied")
    if len(users) > _MOST_OPEN:
        raise SlackError("too_many_users")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type", messages=["one person at a time, in this workspace"])
    return {"channel": told(desk.store.channel(users[0]))}


def create(desk: Desk, call: Wire) -> Wire:
    """conversations.create."""
    name = _checked_name(desk, call)
    channel = desk.store.add_channel(desk.store.id("C"), name, [BOT_USER])
    channel["is_private"] = true(call.get("is_private"))
    desk.store.tell({"type": "channel", "channel": channel})
    return {"channel": told(channel)}


def rename(desk: Desk, call: Wire) -> Wire:
    """conversations.rename."""
    _manageable(desk, call)
    return _changed(desk, call, name=_checked_name(desk, call))


def join(desk: Desk, call: Wire) -> Wire:
    """conversations.join."""
    channel = open_channel(desk, call)
    if channel["is_private"]:
        raise SlackError("method_not_supported_for_channel_type")
    return {"channel": told(desk.store.join(channel, [BOT_USER], by=BOT_USER))}


def invite(desk: Desk, call: Wire) -> Wire:
    """conversations.invite."""
    channel = _manageable(desk, call)
    users = _users(desk, call, "no_user")
    if users == [BOT_USER]:
        raise SlackError("cant_invite_self")
    if all(user in channel["members"] for user in users):
        raise SlackError("already_in_channel")
    return {"channel": told(desk.store.join(channel, users, by=BOT_USER))}


def kick(desk: Desk, call: Wire) -> Wire:
    """conversations.kick."""
    channel = _manageable(desk, call)
    user = known_user(desk, call)["id"]
    if user == BOT_USER:
        raise SlackError("cant_kick_self")
    if user not in channel["members"]:
        raise SlackError("not_in_channel")
    return _changed(desk, call, members=[item for item in channel["members"] if item != user])


def set_topic(desk: Desk, call: Wire) -> Wire:
    """conversations.setTopic."""
    _manageable(desk, call)
    return _changed(desk, call, topic=_described(call.get("topic")))


def set_purpose(desk: Desk, call: Wire) -> Wire:
    """conversations.setPurpose."""
    _manageable(desk, call)
    return _changed(desk, call, purpose=_described(call.get("purpose")))


def archive(desk: Desk, call: Wire) -> Wire:
    """conversations.archive."""
    open_channel(desk, call, "already_archived")
    _manageable(desk, call)
    return _changed(desk, call, is_archived=True)


def unarchive(desk: Desk, call: Wire) -> Wire:
    """conversations.unarchive."""
    if not known_channel(desk, call)["is_archived"]:
        raise SlackError("not_archived")
    return _changed(desk, call, is_archived=False)


def known_user(desk: Desk, call: Wire) -> Wire:
    """Give the person that a call names, which must be by their id. Raises SlackError."""
    user = desk.store.users.get(string(call.get("user")))
    if user is None:
        raise SlackError("user_not_found")
    return user


def told(channel: Wire, *, counted: bool = False) -> Wire:
    """Give a channel as Slack tells of it: who and what is in it has methods of its own."""
    kept_back = {"members", "bookmarks", "pins", "scheduled", "canvas"} | (set() if counted else {"num_members"})
    return {key: value for key, value in channel.items() if key not in kept_back}


def _users(desk: Desk, call: Wire, missing: str) -> list[str]:
    asked = call.get("users")
    names = [string(name) for name in asked] if isinstance(asked, list) else string(asked).split(",")
    if not any(names):
        raise SlackError(missing)
    return [known_user(desk, {"user": name.strip()})["id"] for name in names]


def _manageable(desk: Desk, call: Wire) -> Wire:
    """Give a channel that the bot may change. Raises SlackError."""
    channel = open_channel(desk, call)
    if channel["is_im"]:
        raise SlackError("method_not_supported_for_channel_type")
    return joined_channel(desk, call)


def _within(messages: list[Wire], call: Wire) -> list[Wire]:
    """Give the messages after `oldest` and before `latest`, with these themselves where the call is `inclusive`."""
    oldest = number(call, "oldest", 0, wrong="invalid_ts_oldest")
    latest = number(call, "latest", math.inf, wrong="invalid_ts_latest")
    edges = {oldest, latest} if true(call.get("inclusive")) else set()
    return [item for item in messages if oldest < float(item["ts"]) < latest or float(item["ts"]) in edges]


def _type(channel: Wire) -> str:
    if channel["is_im"]:
        return "im"
    return "private_channel" if channel["is_private"] else "public_channel"


def _seen(message: Wire, call: Wire) -> Wire:
    """Give a message without its metadata, unless the call asks for it."""
    if true(call.get("include_all_metadata")):
        return message
    return {key: value for key, value in message.items() if key != "metadata"}


def _changed(desk: Desk, call: Wire, **changes: object) -> Wire:
    channel = known_channel(desk, call)
    channel.update(changes)
    channel |= {"num_members": len(channel["members"]), "is_member": BOT_USER in channel["members"]}
    desk.store.tell({"type": "channel", "channel": channel})
    return {"channel": told(channel)}


def _checked_name(desk: Desk, call: Wire) -> str:
    name = string(call.get("name"))
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > _NAME_LENGTH:
        raise SlackError("invalid_name_maxlength")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if not name.strip("_-"):
        raise SlackError("invalid_name_punctuation")
    if any(channel["name"] == name for channel in desk.store.channels.values()):
        raise SlackError("name_taken")
    return name


def _described(value: object) -> Wire:
    if len(string(value)) > _TOPIC:
        raise SlackError("too_long")
    return {"value": string(value), "creator": BOT_USER, "last_set": 0}


METHODS = {
    "conversations.list": listing,
    "conversations.info": info,
    "conversations.members": members,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.open": open_im,
    "conversations.create": create,
    "conversations.rename": rename,
    "conversations.join": join,
    "conversations.invite": invite,
    "conversations.kick": kick,
    "conversations.setTopic": set_topic,
    "conversations.setPurpose": set_purpose,
    "conversations.archive": archive,
    "conversations.unarchive": unarchive,
}
