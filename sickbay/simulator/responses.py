"""What the app answers by an acknowledgement or a response URL: ephemeral or for all, new or in a message's place."""

from sickbay.simulator.errors import SlackError
from sickbay.simulator.limits import TEXT, check_message
from sickbay.simulator.one_time import ResponseUrl
from sickbay.simulator.store import APP_ID, BOT_ID, BOT_USER, TEAM, Store
from sickbay.simulator.wire import Wire, string


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
        check_message(body, most_text=TEXT)
        thread = {"thread_ts": body.get("thread_ts") or thread_ts} if body.get("thread_ts") or thread_ts else {}
        if body.get("response_type") == "in_channel":
            self._store.post(channel, bot_message(self._store, body) | thread)
        else:
            self.ephemeral(body, channel=channel, user=user, thread=thread)

    def ephemeral(self, body: Wire, *, channel: str, user: str, thread: Wire) -> str:
        """Show a message to one person, and give its ts."""
        message = bot_message(self._store, body) | thread
        return str(self._store.post_ephemeral(channel, user, message)["ts"])

    def _replace(self, url: ResponseUrl, body: Wire) -> None:
        check_message(body, most_text=TEXT)
        message = self._ephemeral(url) if url.ephemeral else self._store.message(url.channel, url.message_ts)
        for part in ("blocks", "attachments"):
            message.pop(part, None)
        message.update(content(self._store, body))
        if url.ephemeral:
            event = {"type": "ephemeral_replaced", "channel": url.channel, "ts": url.message_ts, "message": message}
            self._store.tell(event, url.user)
        else:
            self._store.changed(message)

    def _ephemeral(self, url: ResponseUrl) -> Wire:
        for message in self._store.ephemerals:
            if message["ts"] == url.message_ts:
                return message
        raise SlackError("message_not_found")

    def _delete(self, url: ResponseUrl) -> None:
        if not url.ephemeral:
            self._store.delete(url.channel, url.message_ts)
            return
        self._store.ephemerals = [item for item in self._store.ephemerals if item["ts"] != url.message_ts]
        event = {"type": "ephemeral_deleted", "channel": url.channel, "ts": url.message_ts}
        self._store.tell(event, url.user)


def bot_message(store: Store, body: Wire) -> Wire:
    """Give a message of the bot with what the body, which was checked, asks for."""
    message: Wire = {"user": BOT_USER, "bot_id": BOT_ID, "app_id": APP_ID, "team": TEAM["id"]}
    kept = {"metadata": body["metadata"]} if body.get("metadata") else {}
    return message | content(store, body) | kept


def content(store: Store, body: Wire) -> Wire:
    """Give the text, blocks and attachments of a body: long text cut, and blocks named, as Slack does."""
    markdown = string(body.get("markdown_text"))
    blocks = [{"type": "markdown", "text": markdown}] if markdown else body.get("blocks")
    shown: Wire = {"text": (string(body.get("text")) or markdown)[:TEXT]}
    if blocks:
        shown["blocks"] = named(store, blocks)
    if body.get("attachments"):
        shown["attachments"] = [
            part | ({"blocks": named(store, part["blocks"])} if part.get("blocks") else {})
            for part in body["attachments"]
        ]
    return shown


def named(store: Store, blocks: list[Wire]) -> list[Wire]:
    """Give blocks of which each has a block_id: Slack makes one where the app gave none."""
    return [block if block.get("block_id") else block | {"block_id": store.id("b")} for block in blocks]
