"""chat.*: messages of the bot."""

from sickbay.simulator.errors import SlackError
from sickbay.simulator.files import check_pictures
from sickbay.simulator.limits import TEXT, UPDATE_TEXT, check_message
from sickbay.simulator.responses import bot_message, content
from sickbay.simulator.scopes import POST_ANYWHERE
from sickbay.simulator.store import BOT_USER
from sickbay.simulator.web_api import Desk, Wire, known_channel, open_channel
from sickbay.simulator.wire import string, true


def post(desk: Desk, call: Wire) -> Wire:
    """chat.postMessage."""
    channel = writable(desk, call)
    check_message(call)
    check_pictures(desk.store, call)
    thread = thread_of(desk, channel, call)
    if thread and true(call.get("reply_broadcast")):
        thread["subtype"] = "thread_broadcast"
    posted = desk.store.post(channel["id"], bot_message(desk.store, call) | thread)
    if thread:
        desk.store.status(channel["id"], thread["thread_ts"], "")
    return {"channel": channel["id"], "ts": posted["ts"], "message": posted}


def update(desk: Desk, call: Wire) -> Wire:
    """chat.update."""
    channel = open_channel(desk, call, "is_inactive")
    message = desk.store.message(channel["id"], call.get("ts"))
    if message.get("user") != BOT_USER:
        raise SlackError("cant_update_message")
    check_message(call, most_text=UPDATE_TEXT)
    check_pictures(desk.store, call)
    shown, before = content(desk.store, call), dict(message)
    if "blocks" not in shown and shown["text"]:
        message.pop("blocks", None)
    if "blocks" not in shown:
        message["edited"] = {"user": BOT_USER, "ts": desk.store.ts()}
    for part in ("blocks", "attachments", "metadata"):
        if part in call and not call[part]:
            message.pop(part, None)
    message.update({part: value for part, value in shown.items() if value})
    if call.get("metadata"):
        message["metadata"] = call["metadata"]
    desk.store.changed(message, before)
    return {"channel": channel["id"], "ts": message["ts"], "text": message["text"], "message": message}


def delete(desk: Desk, call: Wire) -> Wire:
    """chat.delete."""
    channel = known_channel(desk, call)
    if desk.store.message(channel["id"], call.get("ts")).get("user") != BOT_USER:
        raise SlackError("cant_delete_message")
    desk.store.delete(channel["id"], call.get("ts"))
    return {"channel": channel["id"], "ts": string(call["ts"])}


def post_ephemeral(desk: Desk, call: Wire) -> Wire:
    """chat.postEphemeral."""
    channel = writable(desk, call)
    user = desk.store.user(call.get("user"))
    if user["id"] not in channel["members"]:
        raise SlackError("user_not_in_channel")
    check_message(call, most_text=TEXT)
    thread = thread_of(desk, channel, call)
    ts = desk.responses.ephemeral(call, channel=channel["id"], user=user["id"], thread=thread)
    return {"message_ts": ts}


def permalink(desk: Desk, call: Wire) -> Wire:
    """chat.getPermalink."""
    channel = known_channel(desk, call)
    message = desk.store.message(channel["id"], call.get("message_ts"))
    return {"channel": channel["id"], "permalink": f"{desk.base_url}/#{channel['id']}/{message['ts']}"}


def thread_of(desk: Desk, channel: Wire, call: Wire) -> Wire:
    """Give the thread that a call asks to write in, by its root, as a part of a message. Raises SlackError."""
    asked = string(call.get("thread_ts"))
    if not asked:
        return {}
    root = desk.store.messages[channel["id"]].get(asked)
    if root is None:
        raise SlackError("thread_not_found")
    return {"thread_ts": root.get("thread_ts", root["ts"])}


def writable(desk: Desk, call: Wire) -> Wire:
    """Give where to write: by id, `#name`, or a person's id. Raises SlackError."""
    channel = desk.store.channel(call.get("channel"))
    if BOT_USER not in channel["members"] and (channel["is_private"] or POST_ANYWHERE not in desk.scopes.granted):
        raise SlackError("not_in_channel")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    return channel


METHODS = {
    "chat.postMessage": post,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": permalink,
}
