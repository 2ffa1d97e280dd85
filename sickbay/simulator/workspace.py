"""The workspace as its users start it, and as tests drive it: from any thread, synchronously."""

import asyncio
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

from sickbay.simulator.acts import Acts
from sickbay.simulator.events import Events
from sickbay.simulator.faults import Faults
from sickbay.simulator.gate import Gate
from sickbay.simulator.journal import Journal
from sickbay.simulator.modals import Modals
from sickbay.simulator.one_time import OneTime
from sickbay.simulator.page_api import PageApi
from sickbay.simulator.people import People
from sickbay.simulator.responses import Responses
from sickbay.simulator.scopes import Scopes
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
        shown = dict(manifest or _MANIFEST)
        self._people = People(self.store, self._sockets, one_time, responses, shown, address)
        scopes = Scopes(shown, self.faults.missing_scopes)
        events = Events(self.store, self._sockets, shown, scopes)
        gate = Gate(self.port, self.token)
        self._page = PageApi(self.store, self._people, events, modals, self._journal, gate)
        self._acts = Acts(self.store, self._page, self._people, modals, events, self._wait)
        desk = Desk(self.store, responses, modals, self._sockets, address)
        api = WebApi(desk, self.faults, scopes, self._journal, bot_token=self.bot_token, app_token=self.app_token)
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
        return self._acts.say(user, channel, text, thread_ts or "", files or {})

    def shortcut(self, *, user: str, callback_id: str, channel: str = "", ts: str = "") -> bool:
        """Use a shortcut, on a message where `ts` names one; says whether the app acknowledged. Raises SlackError."""
        return self._acts.shortcut(user, callback_id, channel, ts)

    def click(
        self,
        *,
        user: str,
        action_id: str,
        channel: str = "",
        ts: str = "",
        view_id: str = "",
        block_id: str | None = None,
        chosen: Mapping[str, Any] | None = None,
    ) -> bool:
        """Click a button of a message or a view, or choose there; says whether the app acknowledged.

        `chosen` is as Slack tells it, such as `{"selected_option": {...}}`. Raises SlackError, and LookupError where
        there is no such control.
        """
        place = {"view_id": view_id} if view_id else {"channel": channel, "ts": ts}
        return self._acts.click(user, action_id, block_id, place, chosen or {})

    def options(
        self, *, user: str, action_id: str, typed: str = "", channel: str = "", ts: str = "", view_id: str = ""
    ) -> list[Wire]:
        """Type into an external select of a message or a view; gives what the app offers. Raises SlackError."""
        place = {"view_id": view_id} if view_id else {"channel": channel, "ts": ts}
        return self._acts.options(user, action_id, typed, place)

    def open_home(self, user: str, tab: str = "home") -> None:
        """Look at the app's `home` or `messages`; returns once the app has acknowledged the event."""
        self._acts.open_home(user, tab)

    def home(self, user: str) -> Wire | None:
        """Give a copy of the Home that the app has published for a person."""
        return self._acts.home(user)

    def modal(self, user: str) -> Wire | None:
        """Give a copy of the modal that a person sees, the uppermost of theirs."""
        return self._acts.modal(user)

    def submit(self, user: str, values: Mapping[str, Mapping[str, Wire]], view_id: str = "") -> dict[str, str]:
        """Submit a modal, the uppermost if none is named; gives the app's errors by block, none where it took it.

        `values` lays over what its controls begin with: block id, action id, `{"type": ..., "value": ...}`. Raises
        SlackError where there is no such modal, TimeoutError where the app did not acknowledge.
        """
        shown = view_id or (self.modal(user) or {}).get("id", "")
        acked, errors = self._acts.submit(user, values, shown)
        if not acked:
            raise TimeoutError("the app did not acknowledge the submission")
        return errors

    def close_modal(self, user: str) -> None:
        """Close the modal that a person sees. Raises SlackError."""
        self._acts.close(user, (self.modal(user) or {}).get("id", ""))

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


def _write_private(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".new")
    # One that an ended run or somebody else left would keep its own mode, or lead elsewhere.
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)
