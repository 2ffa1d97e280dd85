"""Socket Mode: tickets, sockets, envelopes and their acknowledgements within three seconds."""

import asyncio
import contextlib
import itertools
import json
import secrets
import uuid
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sickbay.simulator.delivery import Ack
from sickbay.simulator.errors import SlackError
from sickbay.simulator.faults import Faults
from sickbay.simulator.journal import Journal
from sickbay.simulator.store import APP_ID
from sickbay.simulator.wire import Wire, decode_object, string

_MOST_SOCKETS = 10


class SocketMode:
    """The app's sockets. Any envelope goes to any one of them, in turn."""

    def __init__(self, faults: Faults, journal: Journal) -> None:
        self._faults = faults
        self._journal = journal
        self._tickets: set[str] = set()
        self._sockets: list[WebSocket] = []
        self._leaving: set[WebSocket] = set()
        self._turn = itertools.count()
        self._pending: dict[str, asyncio.Future[Any]] = {}

    @property
    def connected(self) -> bool:
        """Say whether an app listens."""
        return bool(self._sockets)

    @property
    def pauses(self) -> tuple[float, ...]:
        """Give the seconds before each retry of an event: one, at once. Slack's schedule is not documented."""
        return (0.0,)

    def ticket(self) -> str:
        """Give a ticket that opens one socket. Raises SlackError."""
        if len(self._sockets) >= _MOST_SOCKETS:
            raise SlackError("too_many_websockets")
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Serve one socket until it closes."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        self._sockets.append(socket)
        hello = {"type": "hello", "num_connections": len(self._sockets), "connection_info": {"app_id": APP_ID}}
        debug = {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060}
        try:
            await socket.send_text(json.dumps(hello | {"debug_info": debug}))
            while (frame := await socket.receive())["type"] == "websocket.receive":
                self._receive(frame.get("text") or "")
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._sockets.remove(socket)
            self._leaving.discard(socket)

    def _receive(self, text: str) -> None:
        """Take an acknowledgement; anything else that an app may send means nothing."""
        with contextlib.suppress(SlackError):
            message = decode_object(text.encode(errors="replace"))
            future = self._pending.get(string(message.get("envelope_id")))
            if future and not future.done():
                future.set_result(message.get("payload"))

    async def send(
        self, kind: str, name: str, payload: Wire, *, answerable: bool = True, retry: int = 0, reason: str = ""
    ) -> Ack:
        """Send an envelope and wait for its acknowledgement, as long as Slack would."""
        envelope: Wire = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": answerable,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        entry = self._journal.begin("to_app", "envelope", f"{kind} {name}", envelope)
        await asyncio.sleep(self._faults.latency)
        if not self._sockets:
            self._journal.end(entry, "unacked")
            return Ack(acked=False, connected=False, again=False)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[envelope["envelope_id"]] = future
        copies = 2 if self._faults.takes_duplicate() else 1
        try:
            for _ in range(copies):
                staying = [socket for socket in self._sockets if socket not in self._leaving] or self._sockets
                await staying[next(self._turn) % len(staying)].send_text(json.dumps(envelope))
            async with asyncio.timeout(self._faults.ack_seconds):
                answer = await future
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            self._journal.end(entry, "unacked")
            return Ack(acked=False)
        finally:
            del self._pending[envelope["envelope_id"]]
        self._journal.end(entry, "acked", answer)
        return Ack(acked=True, payload=answer, milliseconds=entry["ms"])

    async def refresh(self) -> None:
        """Ask every socket to be opened anew, as Slack does every few hours."""
        goodbye = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-local"}}
        for socket in tuple(self._sockets):
            self._leaving.add(socket)
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.send_text(json.dumps(goodbye))

    async def drop(self) -> None:
        """Close every socket without a word."""
        for socket in tuple(self._sockets):
            with contextlib.suppress(RuntimeError):
                await socket.close(1011)
