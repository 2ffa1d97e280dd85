"""A tiny API server: answers what it is told, an empty list for what it is not, and misbehaves on request."""

import json
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.unit.diagnostics.platforms import loopback
from tests.unit.diagnostics.platforms.loopback import Loopback, answer, hang, in_turn

__all__ = ["Behaviour", "FakeApi", "Handler", "answer", "empty_list", "hang", "in_turn", "items", "kubeconfig", "pages",
           "raw", "refusal"]  # fmt: skip

Behaviour = Callable[["Handler", dict[str, str]], None]


class Handler(loopback.Handler):
    """One connection to the fake API server."""

    def __init__(self, api: "FakeApi", *connection: Any) -> None:
        self.api = api
        super().__init__(*connection)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.api.requests.append(self.path)
        behaviour = self.api.routes.get(parts.path, empty_list)
        behaviour(self, dict(parse_qsl(parts.query, keep_blank_values=True)))


class FakeApi(Loopback):
    """A context manager; `routes` maps paths to behaviours, `requests` lists what was asked."""

    def __init__(self, routes: Mapping[str, Behaviour] | None = None, *, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Behaviour] = {
            "/version": answer({"major": "1", "minor": "31", "gitVersion": "v1.31.2"}),
            "/readyz": raw(b"[+]ping ok\nreadyz check passed\n"),
            **(routes or {}),
        }
        self.requests: list[str] = []
        super().__init__(partial(Handler, self), tls=tls)


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


def pages(*contents: list[Mapping[str, Any]]) -> Behaviour:
    """Answer with a list in pages; the token of a page is its number."""

    def behave(handler: Handler, query: dict[str, str]) -> None:
        number = int(query.get("continue", "0"))
        following = {"continue": str(number + 1)} if number + 1 < len(contents) else {}
        handler.send(200, json.dumps({"metadata": following, "items": contents[number]}).encode())

    return behave
