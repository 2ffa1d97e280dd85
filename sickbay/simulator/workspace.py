"""The workspace as its users start it, and as tests drive it: from any thread, synchronously."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sickbay.simulator.acts import Acts
from sickbay.simulator.delivery import Delivery
from sickbay.simulator.events import Events
from sickbay.simulator.faults import Faults
from sickbay.simulator.faults_api import FaultsApi
from sickbay.simulator.gate import Gate
from sickbay.simulator.http_mode import HttpMode
from sickbay.simulator.journal import Journal
from sickbay.simulator.keeping import Keeper, Tokens
from sickbay.simulator.modals import Modals
from sickbay.simulator.one_time import OneTime
from sickbay.simulator.page_api import PageApi
from sickbay.simulator.people import People
from sickbay.simulator.responses import Responses
from sickbay.simulator.schedule import Schedule
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


class Workspace:
    """A local Slack workspace.

    `data` is a directory in which it keeps its messages and tokens from run to run. `manifest` is that of the app, in
    Slack's own shape: it says which commands and events there are, and which scopes. The app is reached by Socket Mode,
    or, where `request_url` is given, by signed HTTP requests to that address; `signing_secret` is then the given one
    or a fresh one.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        token: str | None = None,
        data: Path | None = None,
        manifest: Mapping[str, Any] | None = None,
        request_url: str | None = None,
        signing_secret: str | None = None,
    ) -> None:
        given = {"page": token, "signing": signing_secret}
        fresh = Tokens(**{name: value for name, value in given.items() if value})
        self._keeper = Keeper(data) if data else None
        kept = self._keeper.tokens(fresh) if self._keeper else fresh
        self.token, self.bot_token, self.app_token = kept.page, kept.bot, kept.app
        self.signing_secret = signing_secret or kept.signing
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
        one_time = OneTime(answers_within=lambda: self.faults.ack_seconds)
        responses = Responses(self.store)
        self._sockets = SocketMode(self.faults, self._journal)
        self._http = HttpMode(request_url, self.signing_secret, self.faults, self._journal) if request_url else None
        self._delivery: Delivery = self._http or self._sockets
        modals = Modals(self.store, self._delivery, one_time)
        shown = dict(manifest or _MANIFEST)
        self._people = People(self.store, self._delivery, one_time, responses, shown, address)
        scopes = Scopes(shown, self.faults.missing_scopes)
        events = Events(self.store, self._delivery, shown, scopes)
        gate = Gate(self.port, self.token)
        self._page = PageApi(self.store, self._people, events, modals, self._journal, gate)
        self._acts = Acts(self.store, self._page, self._people, modals, events, self._wait)
        self._one_time, self._schedule = one_time, Schedule(self.store)
        desk = Desk(
            self.store,
            responses,
            modals,
            self._sockets,
            self._schedule,
            scopes,
            one_time,
            address,
            self.bot_token,
        )
        api = WebApi(desk, self.faults, scopes, self._journal, bot_token=self.bot_token, app_token=self.app_token)
        faults = FaultsApi(self.faults, self._sockets, self.store, gate)
        self._site = Site(self.store, api, self._sockets, self._page, faults, gate, one_time, responses, self._journal)

    def start(self) -> None:
        """Take up what was kept, and answer."""
        if self._keeper:
            self._keeper.load(self.store)
        self.store.listeners += [self._on_change, self._page.echo]
        self._server.start(self._site.application())
        asyncio.run_coroutine_threadsafe(self._tick(), self._server.loop)
        if self._http:
            asyncio.run_coroutine_threadsafe(self._http.verify(), self._server.loop)

    def stop(self) -> None:
        """Keep what must be kept, and end."""
        self._server.stop()
        if self._http:
            self._http.close()
        if self._keeper:
            self._keeper.close(self.store)

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
        """Say whether an app's socket is open, or its request URL has answered, so that commands reach it."""
        return self._delivery.connected

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

    def close_modal(self, user: str, *, cleared: bool = False) -> None:
        """Close the modal that a person sees, or with `cleared` all of theirs. Raises SlackError."""
        self._acts.close(user, (self.modal(user) or {}).get("id", ""), cleared)

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

    def post_scheduled(self, now: float) -> None:
        """Post the scheduled messages that are due at this Unix time, as if it were now."""

        async def on_loop() -> None:
            clock, self._schedule.clock = self._schedule.clock, lambda: now
            self._schedule.post_due()
            self._schedule.clock = clock

        self._wait(on_loop())

    def authorization_code(self) -> str:
        """Give a code that `oauth.v2.access` exchanges for the bot's token, once."""
        return self._one_time.code()

    def refresh_sockets(self) -> None:
        """Ask the app to open its sockets anew."""
        self._wait(self._sockets.refresh())

    def drop_sockets(self) -> None:
        """Cut the app off; it will come back."""
        self._wait(self._sockets.drop())

    def wait_for(self, predicate: Callable[["Workspace"], T | None], timeout: float = 30.0) -> T:
        """Wait until the predicate gives something true, asking after each change. Raises TimeoutError."""
        deadline = time.monotonic() + timeout
        while True:
            with self._changes:
                found = predicate(self)
                if found:
                    return found
                if not self._changes.wait(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError(f"nothing of the kind within {timeout} s; last calls: {self._last_calls()}")

    async def _tick(self) -> None:
        while True:
            self._schedule.post_due()
            await asyncio.sleep(1)

    def _last_calls(self) -> str:
        return ", ".join(f"{entry['name']} {entry['verdict']}" for entry in self.log()[-8:])

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._server.loop).result(30)

    def _on_change(self, event: Wire, _user: str | None) -> None:
        # From a thread of its own: a waiting test holds the condition while it asks this very loop.
        self._server.loop.run_in_executor(None, self._notify)
        if self._keeper and event["type"] != "log" and not self._save_due:
            self._save_due = True
            self._server.loop.call_later(_SAVE_AFTER, self._save)

    def _notify(self) -> None:
        with self._changes:
            self._changes.notify_all()

    def _save(self) -> None:
        self._save_due = False
        if self._keeper:
            self._keeper.save(self.store)
