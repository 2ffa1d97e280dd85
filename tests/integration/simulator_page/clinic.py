"""A small app of unmodified Bolt, for the page to show what apps do: commands, buttons, selects, modals, files."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sickbay.simulator import Workspace

Wire = dict[str, Any]

_PATIENCE = 40.0

MANIFEST: Wire = {
    "features": {
        "slash_commands": [
            {"command": "/clinic", "description": "Opens the clinic", "usage_hint": "quiet | form | WORDS"},
            {"command": "/clean", "description": "Cleans the ward", "usage_hint": ""},
        ],
        "shortcuts": [{"name": "Examine", "type": "message", "callback_id": "examine"}],
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.im"]}},
}

_ADMISSION: Wire = {
    "type": "modal",
    "callback_id": "admission",
    "submit": {"type": "plain_text", "text": "Admit"},
    "blocks": [
        {
            "type": "input",
            "block_id": "patient",
            "label": {"type": "plain_text", "text": "Patient"},
            "element": {"type": "plain_text_input", "action_id": "name"},
        },
        {
            "type": "input",
            "block_id": "ward",
            "optional": True,
            "label": {"type": "plain_text", "text": "Ward"},
            "element": {
                "type": "static_select",
                "action_id": "choice",
                "options": [
                    {"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("North", "South")
                ],
            },
        },
    ],
}


def admission(title: str = "Admission") -> Wire:
    """Give the form."""
    return _ADMISSION | {"title": {"type": "plain_text", "text": title}}


class Clinic:
    """The app, connected to a workspace by Socket Mode. `acts` are the actions that reached it."""

    def __init__(self, workspace: Workspace) -> None:
        self.client = WebClient(workspace.bot_token, base_url=workspace.api_url)
        self.acts: list[Wire] = []
        self.patience = threading.Event()
        self.patience.set()
        self.app = app = App(client=self.client)
        app.command("/clinic")(self._on_clinic)
        app.command("/clean")(lambda ack: ack())
        app.action("treat")(self._on_treat)
        app.action("choose")(self._on_choose)
        app.shortcut("examine")(self._on_examine)
        app.view("admission")(self._on_admission)
        app.event("app_mention")(lambda: None)
        app.event("message")(lambda: None)
        self._socket = SocketModeHandler(app, workspace.app_token)
        self._workspace = workspace

    def connect(self) -> None:
        """Open the socket, and wait until the workspace has it. Fails after a while."""
        self._socket.connect()  # type: ignore[no-untyped-call]  # the handler carries no types here
        deadline = time.monotonic() + _PATIENCE
        while not self._workspace.connected:
            assert time.monotonic() < deadline, "the app's socket did not open"
            time.sleep(0.02)

    def close(self) -> None:
        """Hang up. The client's threads take seconds to notice, which nothing here waits for."""
        threading.Thread(target=self._socket.close, daemon=True).start()

    def post(self, text: str = "A message", *, channel: str = "C0OPS", **parts: Any) -> str:
        """Post a message; gives its ts."""
        return str(self.client.chat_postMessage(channel=channel, text=text, **parts)["ts"])

    def _on_clinic(self, ack: Ack, command: Wire, client: WebClient) -> None:
        if command["text"] == "quiet":
            ack("The clinic is open")
        elif command["text"] == "form":
            ack()
            client.views_open(trigger_id=command["trigger_id"], view=admission())
        else:
            ack()
            client.chat_postMessage(channel=command["channel_id"], text=f"The clinic heard: {command['text']}")

    def _on_treat(self, ack: Ack, body: Wire, client: WebClient) -> None:
        self.acts.append(body["actions"][0])
        self.patience.wait(_PATIENCE)
        ack()
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Treated", blocks=[])

    def _on_examine(self, ack: Ack, body: Wire) -> None:
        self.acts.append(body)
        self.patience.wait(_PATIENCE)
        ack()

    def _on_choose(self, ack: Ack, body: Wire) -> None:
        self.acts.append(body["actions"][0])
        ack()

    def _on_admission(self, ack: Ack, view: Wire, client: WebClient) -> None:
        name = view["state"]["values"]["patient"]["name"]["value"]
        if name == "Nobody":
            ack(response_action="errors", errors={"patient": "There is no such patient"})
            return
        if name == "Twins":
            title = "The third" if view["title"]["text"] == "The second" else "The second"
            ack(response_action="push", view=admission(title))
            return
        ack()
        ward = view["state"]["values"]["ward"]["choice"]["selected_option"]
        where = ward["text"]["text"] if ward else "no ward"
        client.chat_postMessage(channel="C0OPS", text=f"{name} is in {where}")


@contextmanager
def connected(workspace: Workspace) -> Iterator[Clinic]:
    """Run the app. What it takes long for is not late, unless a test wants it to be: the machine may be busy."""
    workspace.faults.expect_acks_within(_PATIENCE)
    app = Clinic(workspace)
    try:
        app.connect()
        yield app
    finally:
        app.close()
