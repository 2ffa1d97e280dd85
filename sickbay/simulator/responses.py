"""What the app answers by an acknowledgement or a response URL: ephemeral or for all, new or in a message's place."""

from typing import Any

from sickbay.simulator.errors import SlackError
from sickbay.simulator.limits import check_message
from sickbay.simulator.one_time import ResponseUrl
from sickbay.simulator.store import APP_ID, BOT_ID, BOT_USER, TEAM, Store

Wire = dict[str, Any]


class Responses:
    """Shows such answers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def follow(self, url: ResponseUrl, body: Wire) -> None:
        """Do what a POST to a response URL asks for. Raises SlackError."""
        if body.get("delete_original"):
            self._delete(url)
        elif body.get("replace_original") and url.message_ts:
            self._replace(url, body)
        else:
            self.show(body, channel=url.channel, user=url.user, thread_ts=url.thread_ts)

    def show(self, body: Wire, *, channel: str, user: str, thread_ts: str = "") -> None:
        """Show an answer: to the asker alone, unless it says `in_channel`. Raises SlackError."""
        check_message(body)
        thread = {"thread_ts": body.get("thread_ts") or thread_ts} if body.get("thread_ts") or thread_ts else {}
        if body.get("response_type") == "in_channel":
            self._store.post(channel, bot_message(body) | thread)
        else:
            self.ephemeral(body, channel=channel, user=user, thread=thread)

    def ephemeral(self, body: Wire, *, channel: str, user: str, thread: Wire) -> str:
        """Show a message to one person, and give its ts."""
        message = bot_message(body) | thread
        message |= {"type": "message", "ts": self._store.ts(), "channel": channel, "is_ephemeral": True, "to": user}
        self._store.ephemerals.append(message)
        self._store.tell({"type": "ephemeral", "channel": channel, "message": message}, user)
        return str(message["ts"])

    def _replace(self, url: ResponseUrl, body: Wire) -> None:
        check_message(body)
        fresh: Wire = {key: body[key] for key in ("text", "blocks", "attachments") if key in body}
        if url.ephemeral:
            old = next(item for item in self._store.ephemerals if item["ts"] == url.message_ts)
            old.update(fresh)
            event = {"type": "ephemeral_replaced", "channel": url.channel, "ts": url.message_ts, "message": old}
            self._store.tell(event, url.user)
        else:
            message = self._store.message(url.channel, url.message_ts)
            message.update(fresh)
            self._store.changed(message)

    def _delete(self, url: ResponseUrl) -> None:
        if not url.ephemeral:
            self._store.delete(url.channel, url.message_ts)
            return
        self._store.ephemerals = [item for item in self._store.ephemerals if item["ts"] != url.message_ts]
        event = {"type": "ephemeral_deleted", "channel": url.channel, "ts": url.message_ts}
        self._store.tell(event, url.user)


def bot_message(body: Wire) -> Wire:
    """Give a message of the bot with what the body asks for. Raises SlackError."""
    metadata = body.get("metadata")
    if metadata is not None and not (isinstance(metadata, dict) and metadata.get("event_type")):
        raise SlackError("invalid_metadata_format")
    message: Wire = {
        "user": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "team": TEAM["id"],
        "text": body.get("text") or "",
    }
    return message | {key: body[key] for key in ("blocks", "attachments", "metadata") if body.get(key)}
