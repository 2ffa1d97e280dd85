"""All that the workspace knows: people, channels, messages, files and views, as Slack's own objects.

Everything here runs on the workspace's event loop, so there are no locks. Every change is told to the listeners, which
are the open pages and the tests that wait.
"""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec

from sickbay.simulator import seeds
from sickbay.simulator.errors import SlackError
from sickbay.simulator.seeds import APP_ID, BOT_ID, BOT_USER, TEAM
from sickbay.simulator.wire import Wire

__all__ = ["APP_ID", "BOT_ID", "BOT_USER", "TEAM", "Listener", "Store"]

#: Told of each change: an event of the page's stream, and the one user who may see it (None: all).
Listener = Callable[[Wire, str | None], None]

#: Messages of a channel, and ephemeral ones, that are kept: what came before is forgotten.
_MOST_MESSAGES = 2_000


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    channels: dict[str, Wire]
    messages: dict[str, dict[str, Wire]]
    files: dict[str, Wire]


class Store:
    """The workspace's memory; `load` and `dump` keep what must outlive the process."""

    def __init__(self) -> None:
        self.users: dict[str, Wire] = {}
        self.channels: dict[str, Wire] = {}
        self.messages: dict[str, dict[str, Wire]] = {}
        self.ephemerals: list[Wire] = []
        self.files: dict[str, Wire] = {}
        self.contents: dict[str, bytes] = {}
        self.views: dict[str, Wire] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, Wire] = {}
        self.usergroups = {group[0]: seeds.usergroup(*group) for group in seeds.USERGROUPS}
        self.streams: dict[tuple[str, str], Wire] = {}
        self._statuses: set[tuple[str, str]] = set()
        self.listeners: list[Listener] = []
        #: Each channel's messages as they are kept, until one of them changes.
        self._encoded: dict[str, bytes] = {}
        self._last_ts = 0
        self._ids: Counter[str] = Counter()
        for user_id, name, real_name in (*seeds.PEOPLE, (BOT_USER, "sickbay", "Sickbay")):
            self.users[user_id] = seeds.user(user_id, name, real_name)
        everyone = [user_id for user_id, _, _ in seeds.PEOPLE]
        for channel_id, name, topic, with_bot in seeds.CHANNELS:
            self.add_channel(channel_id, name, [*everyone, *([BOT_USER] if with_bot else [])], topic=topic)
        for user_id in everyone:
            self.add_channel(f"D0{user_id[2:]}", "", [user_id, BOT_USER], user=user_id)

    def add_channel(self, channel_id: str, name: str, members: list[str], *, topic: str = "", user: str = "") -> Wire:
        """Make a channel, or with `user` that person's direct messages with the bot."""
        channel = seeds.channel(channel_id, name, members, topic=topic, user=user)
        self.channels[channel_id] = channel
        self.messages[channel_id] = {}
        return channel

    def tell(self, event: Wire, user: str | None = None) -> None:
        """Tell the listeners of a change."""
        if isinstance(event.get("channel"), str):
            self._encoded.pop(event["channel"], None)
        for listener in tuple(self.listeners):
            listener(event, user)

    def id(self, prefix: str) -> str:
        """Give a new id in Slack's style."""
        self._ids[prefix] += 1
        return f"{prefix}0{secrets.token_hex(4).upper()}{self._ids[prefix]}"

    def ts(self) -> str:
        """Give the next message's ts: seconds and six digits, never the same twice."""
        self._last_ts = max(time.time_ns() // 1000, self._last_ts + 1)
        seconds, microseconds = divmod(self._last_ts, 1_000_000)
        return f"{seconds}.{microseconds:06d}"

    def channel(self, name: object) -> Wire:
        """Find a channel by id, `#name` or a person's id. Raises SlackError."""
        for channel in self.channels.values():
            also = channel["user"] if channel["is_im"] else f"#{channel['name']}"
            if name in (channel["id"], also):
                return channel
        raise SlackError("channel_not_found")

    def user(self, name: object) -> Wire:
        """Find a person by id or name. Raises SlackError."""
        for user in self.users.values():
            if name in (user["id"], user["name"]):
                return user
        raise SlackError("user_not_found")

    def message(self, channel: str, ts: object) -> Wire:
        """Find a message. Raises SlackError."""
        try:
            return self.messages[channel][str(ts)]
        except KeyError:
            raise SlackError("message_not_found") from None

    def view(self, view_id: object) -> Wire:
        """Find an open modal or a Home. Raises SlackError."""
        for view in (*self.views.values(), *self.homes.values()):
            if view["id"] == view_id:
                return view
        raise SlackError("not_found")

    def post(self, channel: str, message: Wire) -> Wire:
        """Add a message, count it on its thread, and tell."""
        message = {"type": "message", **message, "ts": self.ts(), "channel": channel}
        if len(self.messages[channel]) >= _MOST_MESSAGES:
            self.delete(channel, next(iter(self.messages[channel])))
        self.messages[channel][message["ts"]] = message
        self.tell({"type": "message", "channel": channel, "message": message})
        self._count_replies(channel, message)
        return message

    def _count_replies(self, channel: str, reply: Wire) -> None:
        """Bring a thread's root up to date after a reply came or went."""
        root = self.messages[channel].get(reply.get("thread_ts", ""))
        if root is None or root["ts"] == reply["ts"]:
            return
        replies = [item for item in self.messages[channel].values() if _replies_to(item, root["ts"])]
        for key in ("thread_ts", "reply_count", "latest_reply", "reply_users"):
            root.pop(key, None)
        if replies:
            root.update(
                thread_ts=root["ts"],
                reply_count=len(replies),
                latest_reply=replies[-1]["ts"],
                reply_users=sorted({item["user"] for item in replies}),
            )
        self.changed(root)

    def post_ephemeral(self, channel: str, user: str, message: Wire) -> Wire:
        """Show a message to one person; the oldest such messages are forgotten."""
        message = {"type": "message", **message, "ts": self.ts(), "channel": channel, "is_ephemeral": True, "to": user}
        self.ephemerals = [*self.ephemerals[1 - _MOST_MESSAGES :], message]
        self.tell({"type": "ephemeral", "channel": channel, "message": message}, user)
        return message

    def changed(self, message: Wire, before: Wire | None = None) -> None:
        """Tell that a message is not what it was; with what it was `before`, the app is told too."""
        self.tell({"type": "message_changed", "channel": message["channel"], "message": message})
        if before:
            self.raised(
                {
                    "type": "message",
                    "subtype": "message_changed",
                    "hidden": True,
                    "channel": message["channel"],
                    "ts": self.ts(),
                    "message": {key: value for key, value in message.items() if key != "channel"},
                    "previous_message": {key: value for key, value in before.items() if key != "channel"},
                }
            )

    def raised(self, event: Wire) -> None:
        """Tell that something happened of which an app may hear, in the shape of Slack's event."""
        self.tell({"type": "event", "event": event})

    def join(self, channel: Wire, users: list[str], *, by: str) -> Wire:
        """Add people to a channel, and give it."""
        fresh = [user for user in users if user not in channel["members"]]
        channel["members"] += fresh
        channel |= {"num_members": len(channel["members"]), "is_member": BOT_USER in channel["members"]}
        self.tell({"type": "channel", "channel": channel})
        for user in fresh:
            joined: Wire = {"type": "member_joined_channel", "user": user, "channel": channel["id"], "team": TEAM["id"]}
            kind = {"channel_type": "G" if channel["is_private"] else "C"}
            self.raised(joined | kind | ({"inviter": by} if by != user else {}))
        return channel

    def status(self, channel: str, thread_ts: str, text: str) -> None:
        """Show what the app is doing below a thread; an empty text takes it away."""
        if not text and (channel, thread_ts) not in self._statuses:
            return
        (self._statuses.add if text else self._statuses.discard)((channel, thread_ts))
        self.tell({"type": "status", "text": text, "channel": channel, "thread_ts": thread_ts})

    def delete(self, channel: str, ts: object) -> None:
        """Remove a message. Raises SlackError."""
        message = self.message(channel, ts)
        del self.messages[channel][message["ts"]]
        gone = {"type": "message_deleted", "channel": channel, "ts": message["ts"]}
        self.tell(gone | ({"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}))
        self._count_replies(channel, message)
        if message["ts"] in self.channels[channel]["pins"]:
            self.channels[channel]["pins"].remove(message["ts"])
            self.tell({"type": "channel", "channel": self.channels[channel]})

    def thread(self, channel: str, thread_ts: str) -> list[Wire]:
        """Give a root and its replies, oldest first. Raises SlackError."""
        if thread_ts not in self.messages[channel]:
            raise SlackError("thread_not_found")
        root = self.messages[channel][thread_ts]
        return [root, *(item for item in self.messages[channel].values() if _replies_to(item, thread_ts))]

    def roots(self, channel: str) -> list[Wire]:
        """Give the messages that stand in the channel itself, oldest first."""
        return [item for item in self.messages[channel].values() if _is_root(item)]

    def load(self, content: bytes) -> None:
        """Take up what `dump` gave an earlier run. Raises ValueError."""
        kept = msgspec.json.decode(content, type=_Kept)
        said = [int(ts.replace(".", "")) for messages in kept.messages.values() for ts in messages]
        self.channels.update(kept.channels)
        self.messages.update(kept.messages)
        self.files.update(kept.files)
        # The clock may have been set back since: what is said from now on still comes last.
        self._last_ts = max(said, default=0)

    def dump(self) -> list[bytes]:
        """Give what the next run should know, but for the bytes of files, as JSON in parts.

        Only the channels that changed since are encoded anew.
        """
        fresh = {name: msgspec.json.encode(said) for name, said in self.messages.items() if name not in self._encoded}
        self._encoded.update(fresh)
        rest = msgspec.json.encode({"channels": self.channels, "files": self.files})
        parts = [rest[:-1], b',"messages":{']
        for number, (channel, messages) in enumerate(self._encoded.items()):
            parts += [b"," if number else b"", msgspec.json.encode(channel), b":", messages]
        return [*parts, b"}}"]

    def visible_channels(self, user: str) -> Iterator[Wire]:
        """Give the channels that a person sees."""
        return (channel for channel in self.channels.values() if user in channel["members"])


def _is_root(message: Wire) -> bool:
    return message.get("thread_ts", message["ts"]) == message["ts"] or message.get("subtype") == "thread_broadcast"


def _replies_to(message: Wire, thread_ts: str) -> bool:
    return bool(message.get("thread_ts") == thread_ts != message["ts"])
