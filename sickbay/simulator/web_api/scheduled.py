"""chat.scheduleMessage and what belongs to it."""

from sickbay.simulator.errors import SlackError
from sickbay.simulator.limits import check_message
from sickbay.simulator.responses import bot_message
from sickbay.simulator.web_api import Desk, Wire, known_channel
from sickbay.simulator.web_api.conversations import page
from sickbay.simulator.web_api.messages import thread_of, writable
from sickbay.simulator.wire import number, string


def add(desk: Desk, call: Wire) -> Wire:
    """chat.scheduleMessage."""
    channel = writable(desk, call)
    check_message(call)
    post_at = number(call, "post_at", 0, wrong="invalid_time")
    if not 1 <= post_at < float("inf"):
        raise SlackError("invalid_time")
    message = bot_message(desk.store, call) | thread_of(desk, channel, call)
    kept = desk.schedule.add(channel, int(post_at), message)
    return {
        "channel": channel["id"],
        "scheduled_message_id": kept["id"],
        "post_at": str(kept["post_at"]),
        "message": message | {"type": "delayed_message"},
    }


def listing(desk: Desk, call: Wire) -> Wire:
    """chat.scheduledMessages.list: of a channel, or of all."""
    channels = [known_channel(desk, call)] if call.get("channel") else list(desk.store.channels.values())
    items = [item for channel in channels for item in desk.schedule.waiting(channel)]
    found, following = page(sorted(items, key=lambda item: int(item["post_at"])), call)
    shown = [{key: item[key] for key in item if key != "message"} | {"text": item["message"]["text"]} for item in found]
    return {"scheduled_messages": shown} | following


def remove(desk: Desk, call: Wire) -> Wire:
    """chat.deleteScheduledMessage."""
    desk.schedule.remove(known_channel(desk, call), string(call.get("scheduled_message_id")))
    return {}


METHODS = {
    "chat.scheduleMessage": add,
    "chat.scheduledMessages.list": listing,
    "chat.deleteScheduledMessage": remove,
}
