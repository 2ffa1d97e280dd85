"""conversations.*: channels, their members and what stands in them."""

import re
from collections.abc import Sequence
from typing import TypeVar

from sickbay.simulator.errors import SlackError
from sickbay.simulator.store import BOT_USER
from sickbay.simulator.web_api import Desk, Wire

T = TypeVar("T")

_NAME = re.compile(r"[a-z0-9_-]{1,80}")
_TOPIC = 250


def page(items: Sequence[T], call: Wire, *, usual: int = 100) -> tuple[list[T], Wire]:
    """Give one page of a list, and the cursor to the next as `response_metadata`."""
    limit = max(1, min(int(call.get("limit") or usual), 1000))
    start = int(call.get("cursor") or 0)
    following = str(start + limit) if start + limit < len(items) else ""
    return list(items[start : start + limit]), {"response_metadata": {"next_cursor": following}}


def listing(desk: Desk, call: Wire) -> Wire:
    """conversations.list."""
    types = set(str(call.get("types") or "public_channel").split(","))
    wanted = [item for item in desk.store.channels.values() if ("im" if item["is_im"] else "public_channel") in types]
    channels, following = page(wanted, call)
    return {"channels": channels} | following


def info(desk: Desk, call: Wire) -> Wire:
    """conversations.info."""
    return {"channel": desk.store.channel(call.get("channel"))}


def members(desk: Desk, call: Wire) -> Wire:
    """conversations.members."""
    found, following = page(desk.store.channel(call.get("channel"))["members"], call)
    return {"members": found} | following


def history(desk: Desk, call: Wire) -> Wire:
    """conversations.history: newest first."""
    channel = _readable(desk, call)
    newest_first = desk.store.roots(channel["id"])[::-1]
    oldest, latest = float(call.get("oldest") or 0), float(call.get("latest") or "inf")
    messages, following = page([item for item in newest_first if oldest < float(item["ts"]) <= latest], call)
    more = bool(following["response_metadata"]["next_cursor"])
    return {"messages": [_seen(item, call) for item in messages], "has_more": more} | following


def replies(desk: Desk, call: Wire) -> Wire:
    """conversations.replies: the root and its replies, oldest first."""
    channel = _readable(desk, call)
    messages, following = page(desk.store.thread(channel["id"], str(call.get("ts"))), call, usual=1000)
    more = bool(following["response_metadata"]["next_cursor"])
    return {"messages": [_seen(item, call) for item in messages], "has_more": more} | following


def open_im(desk: Desk, call: Wire) -> Wire:
    """conversations.open: the direct messages with one person."""
    user = desk.store.user(str(call.get("users") or "").split(",")[0])
    return {"channel": desk.store.channel(user["id"])}


def create(desk: Desk, call: Wire) -> Wire:
    """conversations.create."""
    name = _checked_name(desk, call)
    channel = desk.store.add_channel(desk.store.id("C"), name, [BOT_USER])
    desk.store.tell({"type": "channel", "channel": channel})
    return {"channel": channel}


def rename(desk: Desk, call: Wire) -> Wire:
    """conversations.rename."""
    return _changed(desk, call, name=_checked_name(desk, call))


def join(desk: Desk, call: Wire) -> Wire:
    """conversations.join."""
    channel = desk.store.channel(call.get("channel"))
    return _changed(desk, call, members=_with(channel["members"], [BOT_USER]))


def invite(desk: Desk, call: Wire) -> Wire:
    """conversations.invite."""
    channel = desk.store.channel(call.get("channel"))
    users = [desk.store.user(name)["id"] for name in str(call.get("users") or "").split(",")]
    if all(user in channel["members"] for user in users):
        raise SlackError("already_in_channel")
    return _changed(desk, call, members=_with(channel["members"], users))


def kick(desk: Desk, call: Wire) -> Wire:
    """conversations.kick."""
    channel = desk.store.channel(call.get("channel"))
    user = desk.store.user(call.get("user"))["id"]
    if user not in channel["members"]:
        raise SlackError("not_in_channel")
    return _changed(desk, call, members=[item for item in channel["members"] if item != user])


def set_topic(desk: Desk, call: Wire) -> Wire:
    """conversations.setTopic."""
    return _changed(desk, call, topic=_described(call.get("topic")))


def set_purpose(desk: Desk, call: Wire) -> Wire:
    """conversations.setPurpose."""
    return _changed(desk, call, purpose=_described(call.get("purpose")))


def archive(desk: Desk, call: Wire) -> Wire:
    """conversations.archive."""
    return _changed(desk, call, is_archived=True)


def unarchive(desk: Desk, call: Wire) -> Wire:
    """conversations.unarchive."""
    return _changed(desk, call, is_archived=False)


def _readable(desk: Desk, call: Wire) -> Wire:
    channel = desk.store.channel(call.get("channel"))
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    return channel


def _seen(message: Wire, call: Wire) -> Wire:
    """Give a message without its metadata, unless the call asks for it."""
    if str(call.get("include_all_metadata")).lower() in {"true", "1"}:
        return message
    return {key: value for key, value in message.items() if key != "metadata"}


def _changed(desk: Desk, call: Wire, **changes: object) -> Wire:
    channel = desk.store.channel(call.get("channel"))
    channel.update(changes)
    channel |= {"num_members": len(channel["members"]), "is_member": BOT_USER in channel["members"]}
    desk.store.tell({"type": "channel", "channel": channel})
    return {"channel": channel}


def _checked_name(desk: Desk, call: Wire) -> str:
    name = str(call.get("name") or "")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name_specials" if name else "invalid_name_required")
    if any(channel["name"] == name for channel in desk.store.channels.values()):
        raise SlackError("name_taken")
    return name


def _described(value: object) -> Wire:
    if len(str(value or "")) > _TOPIC:
        raise SlackError("too_long")
    return {"value": str(value or ""), "creator": BOT_USER, "last_set": 0}


def _with(members: list[str], users: list[str]) -> list[str]:
    return [*members, *(user for user in users if user not in members)]


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
