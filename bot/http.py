"""HTTP mode: Slack's signed requests, at `/slack/events` beside /healthz and /metrics.

A request is verified before it is read, and Bolt's dispatch, which blocks until the listener has answered, runs in
threads of its own: neither the event loop nor the health check waits for it.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog
from prometheus_client import Counter
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.manifest import PATH

log = structlog.get_logger()

REFUSED = Counter("sickbay_slack_refused", "Requests that are not Slack's, by what is wrong with them.", ["why"])

#: Threads that listeners run in: a burst of commands is acknowledged within Slack's three seconds.
THREADS = 16
#: Bytes of the largest request; Slack's own stay far below.
MOST_BYTES = 1_000_000
#: Seconds in which a request must have arrived; Slack itself waits for an answer no longer than three.
ARRIVES_SECONDS = 5.0
#: Slack looks now and then whether a command's certificate is good: unsigned, and to be answered with 200.
_CERTIFICATE_CHECK = b"ssl_check=1"


class RefusedError(Exception):
    """Raised for a request that is not to be taken, with the status to answer it with."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.status = status


async def body_of(request: Request, *, arrives_s: float = ARRIVES_SECONDS) -> bytes:
    """Give the bytes of a request. Raises RefusedError."""
    body = bytearray()
    try:
        async with asyncio.timeout(arrives_s):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    raise RefusedError("too large", 413)
    except TimeoutError as error:
        raise RefusedError("too slow", 408) from error
    except ClientDisconnect as error:
        raise RefusedError("broken off", 400) from error
    return bytes(body)


class SlackEndpoint:
    """Takes Slack's requests to an app. `verifier` knows the app's signing secret, and the time."""

    def __init__(self, app: App, verifier: SignatureVerifier, *, arrives_s: float = ARRIVES_SECONDS) -> None:
        self._app = app
        self._verifier = verifier
        self._arrives_s = arrives_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="slack")

    @property
    def route(self) -> Route:
        """Give the one way in."""
        return Route(PATH, self._answer, methods=["GET", "POST"])

    def close(self) -> None:
        """Wait for the requests under way."""
        self._threads.shutdown()

    async def _answer(self, request: Request) -> Response:
        try:
            taken = await self._taken(request)
        except RefusedError as refused:
            REFUSED.labels(str(refused)).inc()
            log.warning("a request was refused", why=str(refused), sender=request.client and request.client.host)
            return PlainTextResponse(str(refused), status_code=refused.status)
        if taken is None:
            return Response()
        loop = asyncio.get_running_loop()
        return to_starlette_response(await loop.run_in_executor(self._threads, self._app.dispatch, taken))

    async def _taken(self, request: Request) -> BoltRequest | None:
        """Verify a request and read it; gives None for a look at the certificate. Raises RefusedError."""
        body = await body_of(request, arrives_s=self._arrives_s)
        if not self._is_genuine(request, body):
            if _CERTIFICATE_CHECK in (request.url.query.encode() or body).split(b"&"):
                return None
            raise RefusedError("not signed by Slack", 401)
        try:
            return to_bolt_request(request, body)
        except Exception as error:
            # Bolt reads ids out of what it takes for Slack's JSON, and says in many ways that it is not.
            raise RefusedError("not understood", 400) from error

    def _is_genuine(self, request: Request, body: bytes) -> bool:
        """Say whether Slack signed the request, at most five minutes ago."""
        try:
            return self._verifier.is_valid_request(body, dict(request.headers))
        except (ValueError, TypeError):
            # A time that is no number, a signature or a body that is no text.
            return False
