"""Who may use the page: a browser on this machine that has the run's token, and no page of anybody else."""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket

from sickbay.simulator.errors import SlackError

Wire = dict[str, Any]

_REFUSED = 403
_REFUSAL = "This page needs the address that `sickbay up` printed, with its token.\n"


class Gate:
    """Checks Host, Origin and token."""

    def __init__(self, port: int, token: str) -> None:
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._token = token

    def local(self, connection: HTTPConnection) -> bool:
        """Say whether the request names this machine, and comes from no other page."""
        origin = connection.headers.get("origin", "")
        return connection.headers.get("host") in self._hosts and (
            not origin or origin.removeprefix("http://") in self._hosts
        )

    def opens(self, connection: HTTPConnection) -> bool:
        """Say whether the request may pass: it is local and has the token, in its header or its query."""
        token = connection.headers.get("x-workspace-token") or connection.query_params.get("token") or ""
        return self.local(connection) and hmac.compare_digest(token.encode(), self._token.encode())

    def opens_for_socket(self, socket: WebSocket) -> bool:
        """Say the same of a WebSocket."""
        return self.opens(socket)

    def refusal(self) -> Response:
        """Give the answer for who may not pass."""
        return PlainTextResponse(_REFUSAL, _REFUSED)

    def asked(self, handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Guard a handler that reads."""

        async def guarded(request: Request) -> Response:
            if not self.opens(request):
                return self.refusal()
            try:
                return await handle(request)
            except SlackError as error:
                return _wrong(error)

        return guarded

    def told(self, handle: Callable[[Wire], Awaitable[Wire]]) -> Callable[[Request], Awaitable[Response]]:
        """Guard a handler that takes a JSON object and gives one."""

        async def guarded(request: Request) -> Response:
            if not self.opens(request):
                return self.refusal()
            try:
                body = json.loads(await request.body())
                return JSONResponse({"ok": True} | await handle(body))
            except SlackError as error:
                return _wrong(error)
            except (ValueError, KeyError, TypeError) as error:
                return JSONResponse({"ok": False, "error": "invalid_request", "message": str(error)}, 400)

        return guarded


def _wrong(error: SlackError) -> Response:
    message = error.messages[0] if error.messages else error.code.replace("_", " ")
    return JSONResponse({"ok": False, "error": error.code, "message": message})
