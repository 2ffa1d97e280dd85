"""`/healthz` and `/metrics` of a process, beside its real work: for load balancers, Compose and Prometheus."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_START_SECONDS = 5.0


class HealthServer:
    """A context manager that answers while it lasts. `ailment` gives what is wrong with the process, or nothing."""

    def __init__(self, host: str, port: int, ailment: Callable[[], str]) -> None:
        self._ailment = ailment
        application = Starlette(routes=[Route("/healthz", self._health), Route("/metrics", self._metrics)])
        self._server = uvicorn.Server(
            uvicorn.Config(application, host=host, port=port, log_config=None, access_log=False, lifespan="off")
        )
        self._thread = threading.Thread(target=self._server.run, name="health", daemon=True)

    def __enter__(self) -> Self:
        """Start to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop to answer."""
        self._server.should_exit = True
        self._thread.join(_START_SECONDS)

    def _health(self, _request: Request) -> Response:
        ailment = self._ailment()
        return PlainTextResponse(ailment or "ok", status_code=503 if ailment else 200)

    def _metrics(self, _request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
