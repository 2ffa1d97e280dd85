"""A tiny Docker engine on a Unix socket: answers what it is told, and misbehaves on request."""

import json
import re
import shutil
import socketserver
import tempfile
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from sickbay.diagnostics.platforms.docker.target import DockerTarget

_VERSION = re.compile(r"^/v\d+\.\d+")
Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One connection to the fake engine."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        engine = self.server.engine
        engine.requests.append(self.path)
        route = _VERSION.sub("", self.path.partition("?")[0])
        if engine.dead:
            self.close_connection = True
            return
        behaviour = engine.routes.get(route)
        if behaviour is None:
            self.send(404, json.dumps({"message": f"No such thing: {route}"}).encode())
        else:
            behaviour(self)

    def send(self, status: int, body: bytes, *, promised: int | None = None) -> None:
        """Send an answer whose header promises `promised` bytes, its real length unless said otherwise."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *_: object) -> None:
        pass


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 200
    engine: "FakeEngine"

    def handle_error(self, *_: object) -> None:
        """Clients of a test may leave at any time."""


class FakeEngine:
    """Routes are paths without version and query; a route without an answer is 404."""

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="sickbay-"))
        self.path = self._directory / "docker.sock"
        self.routes: dict[str, Behaviour] = {}
        self.requests: list[str] = []
        self.dead = False
        self._server = _Server(str(self.path), Handler)
        self._server.engine = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.text("/_ping", b"OK")
        self.json("/version", {"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})
        self.json("/info", {"Name": "host-7", "SystemTime": "2026-11-23T10:00:00.123456789Z", "NGoroutines": 40})
        self.json("/system/df", {"LayersSize": 1, "Containers": None, "Images": None, "Volumes": None})
        self.text("/events", b"")
        self.json("/volumes", {"Volumes": None, "Warnings": None})
        self.json("/plugins", [])
        self.networks()
        self.containers()

    @property
    def target(self) -> DockerTarget:
        """Give the target that reaches this engine."""
        return DockerTarget(name="local", host=f"unix://{self.path}")

    def text(self, route: str, body: bytes, status: int = 200) -> None:
        """Answer the route with these bytes."""
        self.routes[route] = lambda handler: handler.send(status, body)

    def json(self, route: str, value: object, status: int = 200) -> None:
        """Answer the route with this value."""
        self.text(route, json.dumps(value).encode(), status)

    def containers(self, *inspections: Mapping[str, Any]) -> None:
        """Let these be the host's containers: the list and each inspection, an image and two samples for each."""
        self.json("/containers/json", [summary(item) for item in inspections])
        for item in inspections:
            self.json(f"/containers/{item['Id']}/json", item)
            self.json(f"/images/{item['Image']}/json", {"Id": item["Image"], "RepoTags": None})
            self.json(f"/images/{item['Image']}/history", [])
            sample = {"read": "2026-11-23T10:00:00Z", "pids_stats": {"current": 1}}
            self.text(f"/containers/{item['Id']}/stats", f"{json.dumps(sample)}\n".encode() * 3)

    def networks(self, *networks: Mapping[str, Any]) -> None:
        """Let these be the host's networks, each as its inspection shows it; the list leaves out who is on them."""
        self.json("/networks", [{**item, "Containers": {}} for item in networks])
        for item in networks:
            self.json(f"/networks/{item['Id']}", item)

    def die(self) -> None:
        """Answer nobody any more, as when the daemon was killed: connections end, new ones find no socket."""
        self.dead = True
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop, and remove the socket."""
        self._server.shutdown()
        self._server.server_close()
        shutil.rmtree(self._directory)


def inspection(name: str, **changes: Any) -> dict[str, Any]:
    """Give what `docker inspect` says of a running container; `changes` replace whole top-level fields."""
    return {
        "Id": name.encode().hex().ljust(64, "0"),
        "Name": f"/{name}",
        "Created": "2026-11-23T09:00:00.5Z",
        "Image": "sha256:" + "a" * 64,
        "Path": "serve",
        "Args": None,
        "State": {"Status": "running", "Running": True, "ExitCode": 0, "StartedAt": "2026-11-23T09:00:01Z"},
        "Config": {"Image": "web:1", "Env": None, "Cmd": ["serve"], "Labels": {}},
        "HostConfig": {"NetworkMode": "default", "RestartPolicy": {"Name": "no"}, "Binds": None},
        "Mounts": [],
        **changes,
    }


def exited(code: int, at: str) -> dict[str, Any]:
    """Give the state of a container that ended with `code` at this time."""
    return {"Status": "exited", "ExitCode": code, "StartedAt": "2020-01-01T00:00:00Z", "FinishedAt": at}


def frames(*lines: str | bytes, stream: int = 1) -> bytes:
    """Give the lines as the engine multiplexes a log, a frame each."""
    contents = [line.encode() if isinstance(line, str) else line for line in lines]
    return b"".join(bytes([stream, 0, 0, 0]) + len(content).to_bytes(4, "big") + content for content in contents)


def summary(item: Mapping[str, Any]) -> dict[str, Any]:
    """Give the line of the list of containers for an inspection."""
    return {
        "Id": item["Id"],
        "Names": [item["Name"]],
        "Image": item["Config"]["Image"],
        "ImageID": item["Image"],
        "State": item["State"]["Status"],
        "Labels": item["Config"]["Labels"],
        "Created": int(datetime.fromisoformat(item["Created"]).timestamp()),
    }
