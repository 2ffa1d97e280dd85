"""A tiny API server: answers what it is told, an empty list for what it is not, and misbehaves on request."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

Behaviour = Callable[["Handler", dict[str, str]], None]
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Handler(BaseHTTPRequestHandler):
    """One connection to the fake API server."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.api.requests.append(self.path)
        behaviour = self.server.api.routes.get(parts.path, empty_list)
        behaviour(self, dict(parse_qsl(parts.query, keep_blank_values=True)))

    def send(
        self,
        status: int,
        body: bytes,
        *,
        promised: int | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        """Send an answer whose header promises `promised` bytes, its real length unless said otherwise."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    api: "FakeApi"

    def handle_error(self, *_: object) -> None:
        """Clients of a test may leave at any time."""


class FakeApi:
    """A context manager; `routes` maps paths to behaviours, `requests` lists what was asked."""

    def __init__(self, routes: Mapping[str, Behaviour] | None = None, *, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Behaviour] = {
            "/version": answer({"major": "1", "minor": "31", "gitVersion": "v1.31.2"}),
            "/readyz": raw(b"[+]ping ok\nreadyz check passed\n"),
            **(routes or {}),
        }
        self.requests: list[str] = []
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.api = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def kubeconfig(directory: Path, url: str, *, user: Mapping[str, Any] | None = None, ca: Path | None = None) -> Path:
    """Write a kubeconfig with the one context `lab`, JSON being YAML."""
    cluster = {"server": url, **({"certificate-authority": str(ca)} if ca else {})}
    file = directory / "kubeconfig"
    file.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "lab",
                "clusters": [{"name": "c", "cluster": cluster}],
                "users": [{"name": "u", "user": dict(user or {"token": "t0ken"})}],
                "contexts": [{"name": "lab", "context": {"cluster": "c", "user": "u"}}],
            }
        )
    )
    return file


def answer(body: object, status: int = 200, headers: Mapping[str, str] = NO_HEADERS) -> Behaviour:
    """Answer with JSON."""
    return lambda handler, _query: handler.send(status, json.dumps(body).encode(), headers=headers)


def raw(body: bytes, status: int = 200, *, promised: int | None = None) -> Behaviour:
    """Answer with these bytes; where more are promised, the connection ends before they have come."""

    def behave(handler: Handler, _query: dict[str, str]) -> None:
        handler.send(status, body, promised=promised)
        handler.close_connection = promised is not None

    return behave


def refusal(status: int, message: str, *, retry_after: str = "") -> Behaviour:
    """Answer with an error in the API server's own form."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return answer({"kind": "Status", "message": message, "code": status}, status, headers)


def items(*objects: Mapping[str, Any]) -> Behaviour:
    """Answer with a list."""
    return answer({"metadata": {}, "items": list(objects)})


def empty_list(handler: Handler, _query: dict[str, str]) -> None:
    """Answer with a list of nothing."""
    handler.send(200, b'{"metadata":{},"items":[]}')


def hang(seconds: float = 30.0) -> Behaviour:
    """Say nothing for a while."""
    return lambda _handler, _query: time.sleep(seconds)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Behave in one way after the other, in the last for ever."""
    left = list(behaviours)

    def behave(handler: Handler, query: dict[str, str]) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler, query)

    return behave


def pages(*contents: list[Mapping[str, Any]]) -> Behaviour:
    """Answer with a list in pages; the token of a page is its number."""

    def behave(handler: Handler, query: dict[str, str]) -> None:
        number = int(query.get("continue", "0"))
        following = {"continue": str(number + 1)} if number + 1 < len(contents) else {}
        handler.send(200, json.dumps({"metadata": following, "items": contents[number]}).encode())

    return behave
