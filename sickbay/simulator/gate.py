"""Who may use the workspace: who names this machine and comes from no other page; its page also needs the token."""

import hmac
from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from sickbay.simulator.errors import SlackError
from sickbay.simulator.wire import Wire, decode_object

_REFUSED = 403
_POLICY_VIOLATION = 1008
#: The one script that stands in the page itself: it loads the page again where the first file did not arrive.
_INLINE = "sha256-67OoMXHT1apCLqmx9yIRMDI676SEFtN2Pl7uNa0bIKg="
_POLICY = (
    f"default-src 'self'; script-src 'self' '{_INLINE}'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
)
#: What every answer has that says nothing else: nothing is kept, framed, guessed at, or fetched from elsewhere.
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_REFUSAL = "This page needs the address that was printed when the workspace started, with its token.\n"


class Gate:
    """Checks Host, Origin and token."""

    def __init__(self, port: int, token: str) -> None:
        named = [f"127.0.0.1:{port}", f"localhost:{port}"]
        # Slack's socket client names the host without its port; a page of somebody else can send neither.
        self._hosts = {*named, "127.0.0.1", "localhost"}
        self._origins = {f"http://{host}" for host in named}
        self._token = token

    def local(self, connection: HTTPConnection) -> bool:
        """Say whether the request names this machine, and comes from no other page."""
        origin = connection.headers.get("origin")
        return connection.headers.get("host") in self._hosts and (origin is None or origin in self._origins)

    def opens(self, connection: HTTPConnection) -> bool:
        """Say whether the request may pass: it is local and has the token, in its header or its query."""
        token = connection.headers.get("x-workspace-token") or connection.query_params.get("token") or ""
        return self.local(connection) and hmac.compare_digest(token.encode(), self._token.encode())

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
                body = decode_object(await request.body())
                return JSONResponse({"ok": True} | await handle(body))
            except SlackError as error:
                return _wrong(error)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                return JSONResponse({"ok": False, "error": "invalid_request", "message": str(error)}, 400)

        return guarded


class OnlyLocal:
    """Lets through to the application what is local, sockets too, so that no other page can reach it by a name."""

    def __init__(self, application: ASGIApp, gate: Gate) -> None:
        self._application = application
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if self._gate.local(HTTPConnection(scope)):
            await self._application(scope, receive, send_with_headers)
        elif scope["type"] == "websocket":
            await WebSocketClose(_POLICY_VIOLATION)(scope, receive, send)
        else:
            await self._gate.refusal()(scope, receive, send)


def _wrong(error: SlackError) -> Response:
    message = error.messages[0] if error.messages else error.code.replace("_", " ")
    return JSONResponse({"ok": False, "error": error.code, "message": message})
