"""The workspace as its users start it, and as tests drive it: from any thread, synchronously."""

import asyncio
import base64
import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from sickbay.simulator.faults import Faults
from sickbay.simulator.gate import Gate
from sickbay.simulator.journal import Journal
from sickbay.simulator.modals import Modals
from sickbay.simulator.one_time import OneTime
from sickbay.simulator.page_api import PageApi
from sickbay.simulator.people import People
from sickbay.simulator.responses import Responses
from sickbay.simulator.server import Server, Site
from sickbay.simulator.socket_mode import SocketMode
from sickbay.simulator.store import Store
from sickbay.simulator.web_api import Desk
from sickbay.simulator.web_api.dispatch import WebApi

T = TypeVar("T")
Wire = dict[str, Any]

#: What the workspace offers when the caller brings no manifest of an app.
_MANIFEST: Wire = {
    "features": {"slash_commands": [{"command": "/diagnose", "description": "", "usage_hint": ""}]},
    "settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.im"]}},
}
_SAVE_AFTER = 0.5


class _Secrets(msgspec.Struct, frozen=True):
    page: str
    bot: str
    app: str


class Workspace:
    """A local Slack workspace. `data` is a directory in which it keeps its messages and tokens from run to run."""

    def __init__(
        self,
        *,
        port: int = 0,
        token: str | None = None,
        data: Path | None = None,
        manifest: Mapping[str, Any] | None = None,
    ) -> None:
        self._data = data
        kept = self._secrets(token)
        self.token, self.bot_token, self.app_token = kept.page, kept.bot, kept.app
        self._server = Server(port)
        self.port = self._server.port
        address = f"http://127.0.0.1:{self.port}"
        self.address, self.api_url = address, f"{address}/api/"
        self.page_url = f"{address}/?token={self.token}"
        self.faults = Faults()
        self.store = Store()
        self._journal = Journal(self.store)
        self._changes = threading.Condition()
        self._save_due = False
        one_time, responses = OneTime(), Responses(self.store)
        self._sockets = SocketMode(self.faults, self._journal)
        modals = Modals(self.store, self._sockets, one_time)
        self._people = People(self.store, self._sockets, one_time, responses, dict(manifest or _MANIFEST), address)
        gate = Gate(self.port, self.token)
        self._page = PageApi(self.store, self._people, modals, self._journal, gate)
        desk = Desk(self.store, responses, modals, self._sockets, address)
        api = WebApi(desk, self.faults, self._journal, bot_token=self.bot_token, app_token=self.app_token)
        self._site = Site(self.store, api, self._sockets, self._page, gate, one_time, responses, self._journal)

    def start(self) -> None:
        """Take up what was kept, and answer."""
        if self._data:
            self.store.load(self._data / "workspace-messages.json")
        self.store.listeners += [self._on_change, self._page.echo]
        self._server.start(self._site.application())

    def stop(self) -> None:
        """Keep what must be kept, and end."""
        self._server.stop()
        self._save()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def connected(self) -> bool:
        """Say whether an app's socket is open, so that commands reach it."""
        return self._sockets.connected

    def say(
        self,
        *,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> str:
        """Type as a person, with files by name; gives the message's ts, or nothing for a command. Raises SlackError."""
        parts = [{"name": name, "content": base64.b64encode(body).decode()} for name, body in (files or {}).items()]

        async def on_loop() -> str:
            return str(self._page.say(user, channel, text, thread_ts or "", parts).get("ts", ""))

        return self._wait(on_loop())

    def shortcut(self, *, user: str, callback_id: str, channel: str, ts: str) -> bool:
        """Use a shortcut on a message; says whether the app acknowledged. Raises SlackError."""
        where = self.store.channel(channel)["id"]
        return self._wait(self._people.shortcut(user, callback_id, where, ts)).acked

    def click(self, *, user: str, channel: str, ts: str, action_id: str, block_id: str | None = None) -> bool:
        """Click a button of a message; says whether the app acknowledged. Raises SlackError."""

        async def on_loop() -> bool:
            message = self.store.message(self.store.channel(channel)["id"], ts)
            block, element = _find_action(message, action_id, block_id)
            action = {key: element[key] for key in ("type", "action_id", "value", "text") if key in element}
            ack = await self._people.click(user, action | {"block_id": block}, channel=channel, ts=ts)
            return ack.acked

        return self._wait(on_loop())

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Wire]:
        """Give a copy of the roots of a channel, or of a thread with its root."""

        async def on_loop() -> list[Wire]:
            where = self.store.channel(channel)["id"]
            found = self.store.thread(where, thread_ts) if thread_ts else self.store.roots(where)
            return [dict(message) for message in found]

        return self._wait(on_loop())

    def ephemerals(self, user: str) -> list[Wire]:
        """Give what only this person sees."""

        async def on_loop() -> list[Wire]:
            to = self.store.user(user)["id"]
            return [dict(message) for message in self.store.ephemerals if message["to"] == to]

        return self._wait(on_loop())

    def log(self) -> list[Wire]:
        """Give the journal's entries."""

        async def on_loop() -> list[Wire]:
            return [dict(entry) for entry in self._journal.entries]

        return self._wait(on_loop())

    def refresh_sockets(self) -> None:
        """Ask the app to open its sockets anew."""
        self._wait(self._sockets.refresh())

    def drop_sockets(self) -> None:
        """Cut the app off; it will come back."""
        self._wait(self._sockets.drop())

    def wait_for(self, predicate: Callable[["Workspace"], T | None], timeout: float = 10.0) -> T:
        """Wait until the predicate gives something true, asking after each change. Raises TimeoutError."""
        deadline = time.monotonic() + timeout
        while True:
            with self._changes:
                found = predicate(self)
                if found:
                    return found
                if not self._changes.wait(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError(f"nothing of the kind within {timeout} s; last calls: {self._last_calls()}")

    def _last_calls(self) -> str:
        return ", ".join(f"{entry['name']} {entry['verdict']}" for entry in self.log()[-8:])

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._server.loop).result(30)

    def _on_change(self, event: Wire, _user: str | None) -> None:
        # From a thread of its own: a waiting test holds the condition while it asks this very loop.
        self._server.loop.run_in_executor(None, self._notify)
        if self._data and event["type"] != "log" and not self._save_due:
            self._save_due = True
            self._server.loop.call_later(_SAVE_AFTER, self._save)

    def _notify(self) -> None:
        with self._changes:
            self._changes.notify_all()

    def _save(self) -> None:
        self._save_due = False
        if self._data:
            _write_private(self._data / "workspace-messages.json", self.store.dump())

    def _secrets(self, token: str | None) -> _Secrets:
        """Give the tokens: those of the last run where it kept some, so that an open page goes on after a restart."""
        fresh = _Secrets(
            page=token or secrets.token_urlsafe(24),
            bot=f"xoxb-local-{secrets.token_hex(12)}",
            app=f"xapp-local-{secrets.token_hex(12)}",
        )
        if self._data is None:
            return fresh
        self._data.mkdir(parents=True, exist_ok=True)
        path = self._data / "workspace-tokens.json"
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(path.read_bytes(), type=_Secrets)
        _write_private(path, msgspec.json.encode(fresh))
        return fresh


def _find_action(message: Wire, action_id: str, block_id: str | None) -> tuple[str, Wire]:
    attached = (block for part in message.get("attachments", []) for block in part.get("blocks", []))
    blocks = [*message.get("blocks", []), *attached]
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory", {})]:
            if element.get("action_id") == action_id and block_id in {None, block.get("block_id")}:
                return block.get("block_id", ""), element
    raise LookupError(f"no {action_id} in message {message['ts']}")


def _write_private(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".new")
    # One that an ended run or somebody else left would keep its own mode, or lead elsewhere.
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)
