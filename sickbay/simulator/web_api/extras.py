"""What apps call now and then: the checks of blocks, the installation, links, canvases, and an assistant's threads."""

from sickbay.simulator.errors import SlackError
from sickbay.simulator.limits import check_message
from sickbay.simulator.responses import content
from sickbay.simulator.store import APP_ID, BOT_USER, TEAM
from sickbay.simulator.web_api import Desk, Wire, joined_channel, known_channel
from sickbay.simulator.wire import mapping, sequence, string


def validate(_desk: Desk, call: Wire) -> Wire:
    """blocks.validate: whether a message of these blocks would be taken. It needs no token."""
    if not sequence(call.get("blocks")):
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: blocks"])
    check_message({"blocks": call["blocks"]})
    return {}


def access(desk: Desk, call: Wire) -> Wire:
    """oauth.v2.access: the bot's token for a code that the workspace gave out, once."""
    desk.one_time.take_code(string(call.get("code")))
    return {
        "access_token": desk.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(desk.scopes.granted)),
        "bot_user_id": BOT_USER,
        "app_id": APP_ID,
        "team": {"id": TEAM["id"], "name": TEAM["name"]},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next(iter(desk.store.users))},
    }


def emoji(_desk: Desk, _call: Wire) -> Wire:
    """emoji.list: the workspace's own, of which there are none."""
    return {"emoji": {}, "cache_ts": "0"}


def unfurl(desk: Desk, call: Wire) -> Wire:
    """chat.unfurl: what a message's links lead to, shown below it."""
    unfurls = mapping(call.get("unfurls"))
    if not unfurls:
        raise SlackError("missing_unfurls")
    channel, ts = string(call.get("channel")), string(call.get("ts"))
    if call.get("unfurl_id"):
        channel, _, ts = string(call["unfurl_id"]).partition(".")
    message = desk.store.message(joined_channel(desk, {"channel": channel})["id"], ts)
    if any(url not in message["text"] for url in unfurls):
        raise SlackError("cannot_unfurl_url")
    attachments = [mapping(unfurls[url]) | {"from_url": url} for url in unfurls]
    check_message({"attachments": attachments})
    message["attachments"] = content(desk.store, {"attachments": attachments})["attachments"]
    desk.store.changed(message)
    return {}


def canvas(desk: Desk, call: Wire) -> Wire:
    """conversations.canvases.create: one a channel."""
    channel = known_channel(desk, {"channel": call.get("channel_id")})
    if channel.get("canvas"):
        raise SlackError("channel_canvas_already_exists")
    channel["canvas"] = {"file_id": desk.store.id("F"), "document_content": mapping(call.get("document_content"))}
    return {"canvas_id": channel["canvas"]["file_id"]}


def set_status(desk: Desk, call: Wire) -> Wire:
    """assistant.threads.setStatus: shown below the thread until the app writes there."""
    root = _root(desk, call)
    desk.store.status(root["channel"], root["ts"], string(call.get("status")))
    return {}


def set_title(desk: Desk, call: Wire) -> Wire:
    """assistant.threads.setTitle."""
    return _assistant(desk, call, title=string(call.get("title")))


def set_prompts(desk: Desk, call: Wire) -> Wire:
    """assistant.threads.setSuggestedPrompts: up to four, each with a title and the message that it sends."""
    prompts = [mapping(prompt) for prompt in sequence(call.get("prompts"))]
    if not 1 <= len(prompts) <= _MOST_PROMPTS or not all(item.get("title") and item.get("message") for item in prompts):
        raise SlackError("invalid_arguments")
    return _assistant(
        desk, call, prompts=[{key: string(item[key]) for key in ("title", "message")} for item in prompts]
    )


_MOST_PROMPTS = 4


def _assistant(desk: Desk, call: Wire, **parts: object) -> Wire:
    root = _root(desk, call)
    root["assistant"] = root.get("assistant", {}) | parts
    desk.store.changed(root)
    return {}


def _root(desk: Desk, call: Wire) -> Wire:
    channel = known_channel(desk, {"channel": call.get("channel_id") or call.get("channel")})
    return desk.store.message(channel["id"], call.get("thread_ts"))


METHODS = {
    "blocks.validate": validate,
    "oauth.v2.access": access,
    "emoji.list": emoji,
    "chat.unfurl": unfurl,
    "conversations.canvases.create": canvas,
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setTitle": set_title,
    "assistant.threads.setSuggestedPrompts": set_prompts,
}
