"""What the app is told without having been asked: messages, mentions, reactions, members, an opened Home."""

import asyncio
import re
import time
from urllib.parse import urlsplit

from sickbay.simulator.delivery import Ack, Delivery
from sickbay.simulator.scopes import Scopes, kind_of
from sickbay.simulator.store import APP_ID, BOT_USER, TEAM, Store
from sickbay.simulator.wire import Wire

#: What an event tells of its message.
_TOLD = (
    "type", "subtype", "user", "text", "ts", "thread_ts", "channel", "bot_id", "files", "upload", "display_as_bot",
)  # fmt: skip
_URL = re.compile(r"https?://[^\s<>|]+")


class Events:
    """Sends the events that the app's manifest asks for."""

    def __init__(self, store: Store, delivery: Delivery, manifest: Wire, scopes: Scopes) -> None:
        self._store = store
        self._delivery = delivery
        self._scopes = scopes
        self._domains: list[str] = manifest.get("features", {}).get("unfurl_domains", [])
        self._subscribed = set(manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", []))

    async def of_message(self, message: Wire) -> None:
        """Send the events that a message raises; none waits for another to be acknowledged."""
        where = self._store.channels[message["channel"]]
        event: Wire = {key: message[key] for key in _TOLD if key in message}
        event |= {"event_ts": message["ts"], "team": TEAM["id"]}
        if BOT_USER not in where["members"]:
            return
        raised = []
        if self._wants(f"message.{kind_of(where)}"):
            raised.append(self.send(event | {"channel_type": _kind(where)}))
        mentioned = f"<@{BOT_USER}>" in message["text"] and message["user"] != BOT_USER
        if mentioned and not where["is_im"] and self._wants("app_mention"):
            # Of a mention Slack tells the files, and not the subtype.
            raised.append(self.send({key: event[key] for key in event if key != "subtype"} | {"type": "app_mention"}))
        await asyncio.gather(*raised, self._of_links(message))

    async def _of_links(self, message: Wire) -> None:
        """Tell of the links in a message that lead to the app's domains."""
        links = [{"url": url, "domain": urlsplit(url).hostname or ""} for url in _URL.findall(message["text"])]
        known = [link for link in links if any(_within(link["domain"], domain) for domain in self._domains)]
        if known:
            channel, ts = message["channel"], message["ts"]
            shared: Wire = {"type": "link_shared", "user": message["user"], "channel": channel, "message_ts": ts}
            shared |= {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
            source = {"unfurl_id": f"{channel}.{ts}", "source": "conversations_history", "is_bot_user_member": True}
            await self.tell(shared | {"links": known} | source)

    async def home_opened(self, user: str, tab: str) -> None:
        """Tell that a person looks at the app's Home, with what it shows, or at its Messages."""
        event: Wire = {"type": "app_home_opened", "user": user, "channel": self._store.channel(user)["id"], "tab": tab}
        shown = self._store.homes.get(user)
        await self.tell(event | ({"view": shown} if shown and tab == "home" else {}))

    async def tell(self, event: Wire) -> None:
        """Send an event, if the app asked for its kind and is where it happened."""
        item = event.get("item", event)
        where = self._store.channels.get(item.get("channel", ""))
        kind = f"message.{kind_of(where)}" if event["type"] == "message" else event["type"]
        if self._wants(kind) and (where is None or BOT_USER in where["members"]):
            told = {"channel_type": _kind(where)} if where and event["type"] == "message" else {}
            await self.send(event | told | {"event_ts": self._store.ts()})

    def _wants(self, name: str) -> bool:
        return name in self._subscribed and self._scopes.hears(name)

    async def send(self, event: Wire) -> Ack:
        """Send an event, and again where it is not acknowledged."""
        body: Wire = {
            "token": "local",
            "team_id": TEAM["id"],
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": self._store.id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [
                {"enterprise_id": None, "team_id": TEAM["id"], "user_id": BOT_USER, "is_bot": True,
                 "is_enterprise_install": False}
            ],
        }  # fmt: skip
        ack = await self._delivery.send("events_api", event["type"], body, answerable=False)
        for retry, pause in enumerate(self._delivery.pauses, 1):
            if ack.acked or not ack.again:
                break
            await asyncio.sleep(pause)
            ack = await self._delivery.send(
                "events_api", event["type"], body, answerable=False, retry=retry, reason=ack.reason
            )
        return ack


def _within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _kind(channel: Wire) -> str:
    return {"channels": "channel", "groups": "group", "im": "im"}[kind_of(channel)]
