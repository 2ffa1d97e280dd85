"""`/healthz` and `/metrics` of a process, beside its real work: for load balancers, Compose and Prometheus."""

import socket
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_STOP_SECONDS = 5.0


class AddressError(Exception):
    """Raised when the configured address cannot be listened on."""


class HealthServer:
    """A context manager that answers while it lasts. `ailment` gives what is wrong with the process, or nothing.

    `routes` are what else the process answers there.
    """

    def __init__(self, host: str, port: int, ailment: Callable[[], str], routes: Sequence[Route] = ()) -> None:
        self._host, self._port = host, port
        self._ailment = ailment
        application = Starlette(routes=[Route("/healthz", self._health), Route("/metrics", self._metrics), *routes])
        self._server = uvicorn.Server(uvicorn.Config(application, log_config=None, access_log=False, lifespan="off"))

    def __enter__(self) -> Self:
        """Start to answer. Raises AddressError."""
        listening = self._listening()
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, name="health", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop to answer."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)

    def _listening(self) -> socket.socket:
        """Listen here and now: uvicorn, which would do it in its thread, ends that thread where it cannot."""
        try:
            family, *_, address = socket.getaddrinfo(
                self._host, self._port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            return socket.create_server(address[:2], family=family)
        except OSError as error:
            raise AddressError(
                f"Cannot listen on {self._host}:{self._port} for /healthz and /metrics: {error.strerror}. "
                "Choose another with http.host and http.port in sickbay.yaml."
            ) from error

    def _health(self, _request: Request) -> Response:
        ailment = self._ailment()
        return PlainTextResponse(ailment or "ok", status_code=503 if ailment else 200)

    def _metrics(self, _request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
