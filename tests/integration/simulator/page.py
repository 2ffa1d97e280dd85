"""The page's side of the workspace, as the page itself calls it."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sickbay.simulator import Workspace


def post(workspace: Workspace, path: str, user: str = "alice", **body: Any) -> dict[str, Any]:
    """Do something as a person, through the page's API."""
    request = urllib.request.Request(
        f"{workspace.address}/workspace/{path}",
        data=json.dumps({"user": user} | body).encode(),
        headers={"X-Workspace-Token": workspace.token, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            decoded = json.load(answer)
    except urllib.error.HTTPError as refused:
        decoded = json.load(refused)
    assert isinstance(decoded, dict)
    return decoded


def stream(workspace: Workspace, user: str = "alice") -> ClientConnection:
    """Open the stream that keeps a person's page up to date."""
    address = f"127.0.0.1:{workspace.port}"
    query = urllib.parse.urlencode({"token": workspace.token, "user": user})
    return connect(f"ws://{address}/workspace/stream?{query}", origin=Origin(f"http://{address}"))


def next_event(connection: ClientConnection, kind: str) -> dict[str, Any]:
    """Give the next event of a kind."""
    while True:
        event = json.loads(connection.recv(timeout=20))
        if event["type"] == kind:
            return dict(event)
