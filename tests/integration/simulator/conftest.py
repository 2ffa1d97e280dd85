"""The workspace as it is, and an unmodified Bolt app connected to it over Socket Mode."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient

from sickbay.simulator import Workspace

MANIFEST = {
    "features": {
        "slash_commands": [{"command": f"/{name}", "should_escape": True} for name in ("diagnose", "silent")],
        "shortcuts": [{"name": "Global", "type": "global", "callback_id": "shortcut"}],
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_mention", "message.im", "app_home_opened", "reaction_added"]}
    },
}


class Heard:
    """What an app was told, in order; a test waits for it and never sleeps."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []
        self._changed = threading.Condition()

    def add(self, payload: dict[str, Any]) -> None:
        """Note a payload."""
        with self._changed:
            self.all.append(payload)
            self._changed.notify_all()

    def wait(self, count: int = 1) -> dict[str, Any]:
        """Give the payload of that number once it has come."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.all) >= count, timeout=20), f"only {len(self.all)} came"
            return self.all[count - 1]


class Bolt:
    """A Bolt app and its connection; listeners are added before or after it is connected."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.client = WebClient(workspace.bot_token, base_url=workspace.api_url)
        self.app = App(client=self.client)
        self.heard = Heard()
        self._handler = SocketModeHandler(self.app, workspace.app_token)

    def hear(self, body: dict[str, Any]) -> None:
        """Note what came: a listener for events, which Bolt acknowledges itself."""
        self.heard.add(body)

    def acknowledge(self, ack: Ack, body: dict[str, Any]) -> None:
        """Acknowledge what came, and note it: a listener for anything else."""
        ack()
        self.heard.add(body)

    def connect(self) -> None:
        """Connect, and return once the workspace knows."""
        self._handler.connect()  # type: ignore[no-untyped-call]  # the handler carries no types here
        wait_until(lambda: self.workspace.connected)

    def close(self) -> None:
        """Disconnect. The client's threads take a second to notice, which nothing here waits for."""
        self._handler.client.auto_reconnect_enabled = False
        threading.Thread(target=self._handler.close, daemon=True).start()


def hang_up(client: SocketModeClient, workspace: Workspace) -> None:
    """End a client; the workspace hangs up first, for the client would read on for its three seconds."""
    client.auto_reconnect_enabled = False
    workspace.drop_sockets()
    wait_until(lambda: not client.is_connected())
    client.close()


def wait_until(true: Callable[[], Any]) -> None:
    """Wait for a condition, long enough for a busy machine."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it did not become true within 20 s"
        time.sleep(0.01)


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A running workspace."""
    with Workspace(manifest=MANIFEST) as running:
        yield running


@pytest.fixture
def bolt(workspace: Workspace) -> Iterator[Bolt]:
    """A Bolt app in that workspace, connected."""
    made = Bolt(workspace)
    made.connect()
    yield made
    made.close()


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    """Slack's own client for that workspace."""
    return WebClient(workspace.bot_token, base_url=workspace.api_url)
