"""A client of the local workspace's page API: it does what a person does in the page."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import msgspec
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from bot.command_line.running import RunningWorkspace
from sickbay.terminal import printable

#: Seconds that the page API has to answer one call; it waits itself 3 s for the app's acknowledgement.
_SECONDS = 10.0


class PageError(Exception):
    """Raised when the workspace does not answer, or refuses; the message is for people."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks where, by Slack's ids."""

    user: str
    channel: str


class Page:
    """The running workspace, seen by one user."""

    def __init__(self, workspace: RunningWorkspace) -> None:
        self._workspace = workspace
        # Loopback is reached directly, whatever proxies the environment names.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def find(self, user: str, channel: str) -> Place:
        """Give the ids of `alice` and `#ops`; `@sickbay` is the direct message with the bot. Raises PageError."""
        state = self._get("/workspace/state")
        known = {person["name"]: person["id"] for person in state["users"] if not person.get("is_bot")}
        if user not in known:
            raise PageError(f"There is no user {user!r}; there are {', '.join(known)}.")
        state = self._get("/workspace/state", user=known[user])
        channels = {_name(item): item["id"] for item in state["channels"]}
        channel = channel if channel.startswith(("#", "@")) else f"#{channel}"
        if channel not in channels:
            raise PageError(f"{user} sees no channel {channel!r}; there are {', '.join(channels)}.")
        return Place(user=known[user], channel=channels[channel])

    def names(self) -> dict[str, str]:
        """Give the names of the people and the bot by their ids. Raises PageError."""
        state = self._get("/workspace/state")
        people = {person["id"]: printable(person["name"]) for person in state["users"]}
        return people | {state["bot"]["user_id"]: state["bot"]["name"]}

    def say(self, place: Place, text: str) -> None:
        """Say something, or send a command. Raises PageError."""
        self._call("/workspace/messages", {"user": place.user, "channel": place.channel, "text": text})

    def thread(self, place: Place, root: str) -> list[dict[str, Any]]:
        """Give a thread's messages, its root first. Raises PageError."""
        answer = self._get("/workspace/messages", user=place.user, channel=place.channel, thread=root)
        messages: list[dict[str, Any]] = answer["messages"]
        return messages

    @contextmanager
    def stream(self, place: Place) -> Iterator[ClientConnection]:
        """Listen to all that the user sees from now on. Raises PageError."""
        query = urlencode({"token": self._workspace.token, "user": place.user})
        address = self._workspace.address.replace("http", "ws", 1)
        try:
            with connect(f"{address}/workspace/stream?{query}", proxy=None, max_size=None) as stream:
                yield stream
        except (OSError, WebSocketException) as error:
            raise PageError(f"The local workspace closed the connection: {error}") from error

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        return self._call(f"{path}?{urlencode(query)}")

    def _call(self, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - the address is loopback's
            self._workspace.address + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Workspace-Token": self._workspace.token, "Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                content: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            raise PageError(f"The local workspace refused: {error.code} {error.reason}") from error
        except (OSError, ValueError) as error:
            raise PageError("The local workspace does not answer; start it with `sickbay up`.") from error
        if not content.get("ok", True):
            raise PageError(content.get("message") or content["error"])
        return content


def _name(channel: dict[str, Any]) -> str:
    """Give the channel's name; of direct messages there are those with the bot alone."""
    return "@sickbay" if channel["is_im"] else f"#{channel['name']}"
