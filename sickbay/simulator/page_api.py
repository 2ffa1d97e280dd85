"""What the page asks of the workspace, and the stream that keeps it up to date. Every call needs the run's token."""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sickbay.simulator.errors import SlackError
from sickbay.simulator.events import Events
from sickbay.simulator.gate import Gate
from sickbay.simulator.journal import Journal
from sickbay.simulator.modals import Modals
from sickbay.simulator.people import People
from sickbay.simulator.store import APP_ID, BOT_USER, TEAM, Store
from sickbay.simulator.web_api.marks import pin, react
from sickbay.simulator.wire import Wire, mapping, sequence

_LOGGED = 500


class PageApi:
    """The page's side of the workspace."""

    def __init__(
        self, store: Store, people: People, events: Events, modals: Modals, journal: Journal, gate: Gate
    ) -> None:
        self._store = store
        self._people = people
        self._events = events
        self._modals = modals
        self._journal = journal
        self._gate = gate
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def routes(self) -> list[Route | WebSocketRoute]:
        """Give the routes, all under `/workspace`."""
        get = {"state": self._state, "messages": self._messages, "home": self._home, "log": self._log}
        post = {
            "messages": self._say,
            "actions": self._click,
            "options": self._options,
            "views/submit": self._submit,
            "views/close": self._close,
            "shortcuts": self._shortcut,
            "reactions": self._react,
            "pins": self._pin,
            "members": self._invite,
        }
        return [
            *(Route(f"/workspace/{path}", self._gate.asked(handle)) for path, handle in get.items()),
            *(Route(f"/workspace/{path}", self._gate.told(handle), methods=["POST"]) for path, handle in post.items()),
            Route("/workspace/files/{file_id}", self._gate.asked(self._file)),
            WebSocketRoute("/workspace/stream", self._stream),
        ]

    def say(self, user: str, channel: str, text: str, thread_ts: str, files: list[Wire] | None = None) -> Wire:
        """Do what a person types; gives the message, or nothing for a command. Raises SlackError."""
        if self._people.is_command(text) and not files:
            self._people.check_command(text, thread_ts)
            self._store.user(user)
            self._store.channel(channel)
            self._run(self._people.command(user, channel, text))
            return {}
        message = self._people.message(user, channel, text, thread_ts, files)
        self._run(self._events.of_message(message))
        return message

    def echo(self, event: Wire, _user: str | None) -> None:
        """Tell the app of what happens, its own messages too, as Slack does: each app has to know itself."""
        if event["type"] == "event":
            self._run(self._events.tell(event["event"]))
        elif event["type"] == "message" and event["message"]["user"] == BOT_USER:
            self._run(self._events.of_message(event["message"]))

    def _run(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _state(self, request: Request) -> Response:
        me = self._store.user(request.query_params.get("user") or "alice")["id"]
        return JSONResponse(
            {
                "team": TEAM,
                "me": me,
                "bot": {"user_id": BOT_USER, "name": "Sickbay", "app_id": APP_ID},
                "users": list(self._store.users.values()),
                "usergroups": list(self._store.usergroups.values()),
                "channels": [_flat(channel) for channel in self._store.visible_channels(me)],
                "commands": self._people.commands,
                "shortcuts": self._people.shortcuts,
            }
        )

    async def _messages(self, request: Request) -> Response:
        channel = self._store.channel(request.query_params.get("channel"))["id"]
        thread = request.query_params.get("thread")
        found = self._store.thread(channel, thread) if thread else self._store.roots(channel)
        return JSONResponse({"messages": found})

    async def _home(self, request: Request) -> Response:
        user = self._store.user(request.query_params.get("user"))["id"]
        self._run(self._events.home_opened(user, request.query_params.get("tab") or "home"))
        return JSONResponse({"view": self._store.homes.get(user)})

    async def _log(self, _request: Request) -> Response:
        return JSONResponse({"entries": list(self._journal.entries)[-_LOGGED:]})

    async def _file(self, request: Request) -> Response:
        file = self._store.files.get(request.path_params["file_id"])
        if file is None or "mimetype" not in file:
            return Response(status_code=404)
        # An image may hold a script; opened by itself it must not run as this page, which has the token.
        headers = {"Content-Disposition": "inline", "Content-Security-Policy": "default-src 'none'; sandbox"}
        return Response(self._store.contents.get(file["id"], b""), media_type=file["mimetype"], headers=headers)

    async def _say(self, body: Wire) -> Wire:
        files = [mapping(part) for part in sequence(body.get("files"))]
        message = self.say(body["user"], body["channel"], body["text"], body.get("thread_ts") or "", files)
        return {"ts": message["ts"]} if message else {"command": True}

    async def _click(self, body: Wire) -> Wire:
        ack = await self._people.click(
            body["user"],
            body["action"],
            channel=body.get("channel") or "",
            ts=body.get("message_ts") or "",
            view_id=body.get("view_id") or "",
            state=body.get("state"),
        )
        return {"acked": ack.acked, "ms": ack.milliseconds}

    async def _options(self, body: Wire) -> Wire:
        return await self._people.options(body["user"], body)

    async def _submit(self, body: Wire) -> Wire:
        user = self._store.user(body["user"])
        ack, errors = await self._modals.submit(user, body["view_id"], body["state"])
        return {"acked": ack.acked} | ({"errors": errors} if errors else {})

    async def _close(self, body: Wire) -> Wire:
        await self._modals.close(self._store.user(body["user"]), body["view_id"], cleared=bool(body.get("cleared")))
        return {}

    async def _shortcut(self, body: Wire) -> Wire:
        channel, ts = body.get("channel") or "", body.get("message_ts") or ""
        ack = await self._people.shortcut(body["user"], body["callback_id"], channel, ts)
        return {"acked": ack.acked}

    async def _react(self, body: Wire) -> Wire:
        user = self._store.user(body["user"])["id"]
        message = self._store.message(self._store.channel(body["channel"])["id"], body["ts"])
        react(self._store, message, body["name"], user, on=bool(body["on"]))
        return {}

    async def _pin(self, body: Wire) -> Wire:
        user, channel = self._store.user(body["user"])["id"], self._store.channel(body["channel"])
        if user not in channel["members"]:
            raise SlackError("not_in_channel")
        pin(self._store, channel, self._store.message(channel["id"], body["ts"]), user, on=bool(body["on"]))
        return {}

    async def _invite(self, body: Wire) -> Wire:
        user, channel = self._store.user(body["user"])["id"], self._store.channel(body["channel"])
        if user not in channel["members"] or channel["is_im"]:
            raise SlackError("not_in_channel")
        self._store.join(channel, [self._store.user(body["invited"])["id"]], by=user)
        return {}

    async def _stream(self, socket: WebSocket) -> None:
        """Send every change that this user may see, until the page is closed."""
        if not self._gate.opens(socket):
            await socket.close(1008)
            return
        try:
            me = self._store.user(socket.query_params.get("user"))["id"]
        except SlackError:
            await socket.close(1008)
            return
        await socket.accept()
        waiting: asyncio.Queue[str] = asyncio.Queue()

        def listen(event: Wire, user: str | None) -> None:
            if user in {None, me} and event["type"] != "event" and self._may_see(me, event):
                shown = {**event, "channel": _flat(event["channel"])} if event["type"] == "channel" else event
                waiting.put_nowait(json.dumps(shown))

        self._store.listeners.append(listen)
        sender = asyncio.ensure_future(_send_all(socket, waiting))
        try:
            while True:
                await socket.receive_text()
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._store.listeners.remove(listen)
            sender.cancel()

    def _may_see(self, user: str, event: Wire) -> bool:
        where = event.get("channel")
        channel = self._store.channels.get(where) if isinstance(where, str) else where
        return not channel or user in channel["members"]


async def _send_all(socket: WebSocket, waiting: "asyncio.Queue[str]") -> None:
    while True:
        await socket.send_text(await waiting.get())


def _flat(channel: Wire) -> Wire:
    """Give a channel as the page has it: topic and purpose as plain text, direct messages as those with the app."""
    other = {"user": BOT_USER} if channel["is_im"] else {}
    return channel | other | {"topic": channel["topic"]["value"], "purpose": channel["purpose"]["value"]}
