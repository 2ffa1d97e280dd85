"""HTTP servers for tests: each on a port of its own of this machine, and quiet, whatever its clients do."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Self, TypeVar

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
C = TypeVar("C")
A = TypeVar("A")


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def send(
        self, status: int, body: bytes, *, promised: int | None = None, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        """Send an answer whose header promises `promised` bytes, its real length unless said otherwise."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # so that none of many connections at once has to knock twice

    def handle_error(self, *_: object) -> None:
        """Clients of a test may leave at any time."""


class Loopback:
    """A context manager that serves; `connected` makes the handler of a connection, `url` is where it is reached."""

    def __init__(self, connected: Callable[..., BaseHTTPRequestHandler], *, tls: ssl.SSLContext | None = None) -> None:
        self._server = _Server(("127.0.0.1", 0), connected)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def answer(
    body: object, status: int = 200, headers: Mapping[str, str] = NO_HEADERS
) -> Callable[[Handler, object], None]:
    """Answer with JSON, whatever was asked."""
    return lambda handler, _asked: handler.send(status, json.dumps(body).encode(), headers=headers)


def hang(seconds: float = 30.0) -> Callable[[object, object], None]:
    """Say nothing for a while."""
    return lambda _handler, _asked: time.sleep(seconds)


def in_turn(*answers: Callable[[C, A], None]) -> Callable[[C, A], None]:
    """Answer in one way after the other, in the last for ever."""
    left = list(answers)

    def behave(handler: C, asked: A) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler, asked)

    return behave
