"""A tiny registry over HTTP on loopback: answers what it is told, and misbehaves on request."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec import Struct

from sickbay.diagnostics.platforms.registry.wire import MANIFESTS
from tests.unit.diagnostics.platforms.registry.registries import DIGEST

Behaviour = Callable[["Handler"], None]


class Seen(Struct, frozen=True):
    """One request that came."""

    method: str
    path: str
    host: str
    authorization: str


class Handler(BaseHTTPRequestHandler):
    """One connection to the fake registry."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        fake = self.server.fake
        fake.seen.append(
            Seen(self.command, self.path, self.headers.get("Host", ""), self.headers.get("Authorization", ""))
        )
        behaviour = fake.routes.get(self.path.partition("?")[0])
        if behaviour is None:
            self.send(404, json.dumps({"errors": [{"code": "NOT_FOUND", "message": "no such path"}]}).encode())
        else:
            behaviour(self)

    def do_HEAD(self) -> None:
        self.do_GET()

    def send(self, status: int, body: bytes = b"", promised: int | None = None, **headers: Any) -> None:
        """Send an answer; headers are given as `www_authenticate`. The body stays away from a HEAD."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    fake: "FakeRegistry"

    def handle_error(self, *_: object) -> None:
        """Clients of a test may leave at any time."""


class FakeRegistry:
    """Routes are paths without query; a route without an answer is 404. `seen` holds what was asked, in order."""

    def __init__(self) -> None:
        self.routes: dict[str, Behaviour] = {}
        self.seen: list[Seen] = []
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.fake = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.port = int(self._server.server_address[1])
        self.name = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.name}"
        #: The same server under another name: another host, as far as anyone may know.
        self.other_url = f"http://localhost:{self.port}"
        self.json("/v2/", {})

    def json(self, path: str, value: object, status: int = 200, **headers: Any) -> None:
        """Answer the path with JSON."""
        self.routes[path] = lambda handler: handler.send(status, json.dumps(value).encode(), **headers)

    def error(self, path: str, status: int, code: str, message: str = "", **headers: Any) -> None:
        """Answer the path with an error as the specification has it."""
        self.json(path, {"errors": [{"code": code, "message": message}]}, status, **headers)

    def manifest(self, repository: str, tag: str, manifest: Mapping[str, Any] | None = None, **headers: Any) -> None:
        """Serve a manifest, or one that says nothing."""
        content = {"schemaVersion": 2, "mediaType": MANIFESTS[0], **(manifest or {})}
        headers = {"docker_content_digest": DIGEST, **headers}
        self.json(f"/v2/{repository}/manifests/{tag}", content, **headers)

    def demand(self, path: str, challenge: str, accepted: Callable[[str], bool]) -> None:
        """Let the path's answer be had only with an Authorization that is accepted."""
        behaviour = self.routes[path]

        def guarded(handler: Handler) -> None:
            if accepted(handler.headers.get("Authorization", "")):
                behaviour(handler)
            else:
                error = json.dumps({"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]})
                handler.send(401, error.encode(), www_authenticate=challenge)

        self.routes[path] = guarded

    def asked(self, method: str = "", path: str = "") -> list[str]:
        """Give the paths that were asked for, of a method, below a path."""
        return [item.path for item in self.seen if item.method.startswith(method) and item.path.startswith(path)]

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
