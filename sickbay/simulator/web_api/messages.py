"""chat.*: messages of the bot."""

from sickbay.simulator.errors import SlackError
from sickbay.simulator.limits import check_message
from sickbay.simulator.responses import bot_message
from sickbay.simulator.store import BOT_USER
from sickbay.simulator.web_api import Desk, Wire


def post(desk: Desk, call: Wire) -> Wire:
    """chat.postMessage."""
    channel = _writable(desk, call)
    check_message(call)
    message = bot_message(call)
    if call.get("thread_ts"):
        root = desk.store.messages[channel["id"]].get(str(call["thread_ts"]))
        if root is None:
            raise SlackError("thread_not_found")
        message["thread_ts"] = root.get("thread_ts", root["ts"])
    posted = desk.store.post(channel["id"], message)
    return {"channel": channel["id"], "ts": posted["ts"], "message": posted}


def update(desk: Desk, call: Wire) -> Wire:
    """chat.update."""
    channel = desk.store.channel(call.get("channel"))
    message = desk.store.message(channel["id"], call.get("ts"))
    if message.get("user") != BOT_USER:
        raise SlackError("cant_update_message")
    check_message(call, editing=True)
    for part in ("text", "blocks", "attachments", "metadata"):
        if part in call:
            message[part] = call[part]
    message["edited"] = {"user": BOT_USER, "ts": desk.store.ts()}
    desk.store.changed(message)
    return {"channel": channel["id"], "ts": message["ts"], "text": message["text"], "message": message}


def delete(desk: Desk, call: Wire) -> Wire:
    """chat.delete."""
    channel = desk.store.channel(call.get("channel"))
    if desk.store.message(channel["id"], call.get("ts")).get("user") != BOT_USER:
        raise SlackError("cant_delete_message")
    desk.store.delete(channel["id"], call.get("ts"))
    return {"channel": channel["id"], "ts": call["ts"]}


def post_ephemeral(desk: Desk, call: Wire) -> Wire:
    """chat.postEphemeral."""
    channel = _writable(desk, call)
    user = desk.store.user(call.get("user"))
    if user["id"] not in channel["members"]:
        raise SlackError("user_not_in_channel")
    check_message(call)
    thread = {"thread_ts": call["thread_ts"]} if call.get("thread_ts") else {}
    ts = desk.responses.ephemeral(call, channel=channel["id"], user=user["id"], thread=thread)
    return {"message_ts": ts}


def permalink(desk: Desk, call: Wire) -> Wire:
    """chat.getPermalink."""
    channel = desk.store.channel(call.get("channel"))
    message = desk.store.message(channel["id"], call.get("message_ts"))
    return {"channel": channel["id"], "permalink": f"{desk.base_url}/#{channel['id']}/{message['ts']}"}


def _writable(desk: Desk, call: Wire) -> Wire:
    channel = desk.store.channel(call.get("channel"))
    if BOT_USER not in channel["members"]:
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
