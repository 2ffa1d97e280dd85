"""A Slack that answers every call, an app that listens to a few things, and requests as Slack sends them."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

import redis
from slack_bolt import Ack, BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot import failures
from bot.dispatch import PATIENCE, CarefulApp
from bot.seen import Seen
from bot.slack import web_client

Wire = dict[str, Any]

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_800_000_000


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = float(NOW)

    def now(self) -> float:
        return self.seconds


class FakeSlack:
    """Answers every method with `ok`, or as `answers` says, and notes what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Wire] = {}
        self.calls: list[tuple[str, Wire]] = []
        slack = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                method = self.path.rpartition("/")[2]
                slack.calls.append((method, json.loads(body) if body.startswith("{") else dict(parse_qsl(body))))
                answer = json.dumps({"ok": True, "user_id": "U0BOT", "bot_id": "B0"} | slack.answers.get(method, {}))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is http.server's
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def told(self) -> list[tuple[str, Wire]]:
        """Give what was asked of Slack, but for who the token is."""
        return [(method, arguments) for method, arguments in self.calls if method != "auth.test"]


def app_for(
    slack: FakeSlack, client: redis.Redis, listen: Callable[[str], None], *, patience_s: float = PATIENCE
) -> CarefulApp:
    """Make an app whose listeners all end in `listen`, which is told what came, and may raise."""
    app = CarefulApp(
        Seen(client),
        patience_s=patience_s,
        client=web_client("xoxb-test", slack.url),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
    )
    failures.register(app)

    def took(ack: Ack, body: Wire) -> None:
        ack()
        listen(body.get("event_id") or body.get("trigger_id") or "no id")

    app.command("/diagnose")(took)
    app.event("app_mention")(took)
    app.action("again")(took)
    app.view("form")(took)
    app.options("search")(took)
    return app


def command(trigger_id: str = "1.2.x", **fields: str) -> Wire:
    """Give what Slack sends of a slash command."""
    return {
        "team_id": "T0", "channel_id": "C0OPS", "user_id": "U0ALICE", "command": "/diagnose", "text": "local",
        "response_url": "http://127.0.0.1:9/nowhere", "trigger_id": trigger_id, **fields,
    }  # fmt: skip


def mention(event_id: str = "Ev1", **fields: object) -> Wire:
    """Give what Slack sends of a mention of the bot."""
    event = {"type": "app_mention", "user": "U0ALICE", "text": "<@U0BOT> local", "ts": "1.1", "channel": "C0OPS"}
    return {"type": "event_callback", "team_id": "T0", "event_id": event_id, "event": event | fields}


def click(action_id: str = "again", **fields: object) -> Wire:
    """Give what Slack sends of a click on a button."""
    return {
        "type": "block_actions", "user": {"id": "U0ALICE", "team_id": "T0"}, "team": {"id": "T0"},
        "trigger_id": "1.3.x", "channel": {"id": "C0OPS"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C0OPS"},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": "v"}], **fields,
    }  # fmt: skip


def submission() -> Wire:
    """Give what Slack sends of a form."""
    return {
        "type": "view_submission", "user": {"id": "U0ALICE", "team_id": "T0"}, "team": {"id": "T0"},
        "trigger_id": "1.4.x", "view": {"id": "V1", "type": "modal", "callback_id": "form", "state": {"values": {}}},
    }  # fmt: skip


def search() -> Wire:
    """Give what Slack sends when somebody types into a menu."""
    return {
        "type": "block_suggestion", "user": {"id": "U0ALICE", "team_id": "T0"}, "team": {"id": "T0"}, "value": "lo",
        "action_id": "search", "block_id": "b", "container": {"type": "view", "view_id": "V1"},
    }  # fmt: skip


def envelope(body: Wire, *, retry: int = 0) -> BoltRequest:
    """Give the request as Socket Mode gives it to Bolt."""
    return BoltRequest(mode="socket_mode", body=body, headers={"x-slack-retry-num": str(retry)})


def written(body: Wire) -> bytes:
    """Write the request as Slack does over HTTP: commands and interactions as forms, events as JSON."""
    if "command" in body:
        return urlencode(body).encode()
    if body["type"] == "event_callback":
        return json.dumps(body).encode()
    return urlencode({"payload": json.dumps(body)}).encode()


def signed(body: bytes, *, at: int = NOW, secret: str = SECRET) -> dict[str, str]:
    """Give the headers that Slack sends with a body."""
    signature = SignatureVerifier(secret).generate_signature(timestamp=str(at), body=body)
    return {
        "Content-Type": "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(at),
        "X-Slack-Signature": str(signature),
    }
