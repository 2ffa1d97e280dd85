"""One request to the workspace's application without a server, so that thousands of them take seconds."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from sickbay.simulator import Workspace


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        decoded = json.loads(self.body)
        assert isinstance(decoded, dict)
        return decoded


def request(
    workspace: Workspace,
    path: str,
    body: bytes = b"",
    *,
    method: str = "POST",
    query: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a request to the workspace as from this machine, unless the headers say otherwise."""
    named = {"host": f"127.0.0.1:{workspace.port}"} | dict(headers or {})
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("utf-8")) for name, value in named.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", workspace.port),
    }
    sent: list[dict[str, Any]] = []

    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return unread.pop() if unread else await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(workspace._site.application()(scope, receive, send))  # type: ignore[arg-type]  # plain dicts will do
    start = sent[0]
    told = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(part.get("body", b"") for part in sent[1:]))


def call(workspace: Workspace, method: str, **arguments: Any) -> dict[str, Any]:
    """Call a method of Slack's API as the bot, with JSON."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {workspace.bot_token}"}
    return request(workspace, f"/api/{method}", json.dumps(arguments).encode(), headers=headers).json
