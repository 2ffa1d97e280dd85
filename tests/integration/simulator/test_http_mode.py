"""The workspace and an unmodified Bolt app over signed HTTP, as where Socket Mode is off."""

import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_bolt import Ack, App, BoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from sickbay.simulator import Workspace
from tests.integration.simulator.conftest import MANIFEST, Heard, wait_until

Wire = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


class _Listening(ThreadingHTTPServer):
    """Listens, and says nothing of a workspace that hung up before it was answered."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Server:
    """An HTTP server whose answers a test decides; `requests` are the headers and bodies that came."""

    def __init__(self, answer: Callable[[dict[str, str], bytes], Answer]) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answer = answer
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.requests.append((headers, body))
                status, more, content = server.answer(headers, body)
                self.send_response(status)
                for name, value in {**more, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_parts: object) -> None:
                pass

        self._server = _Listening(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Hang up."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that takes everything."""
    running = Server(lambda _headers, _body: (200, {}, b""))
    yield running
    running.close()


@pytest.fixture
def workspace(server: Server) -> Iterator[Workspace]:
    """A workspace whose app is that server; Slack's pauses before its retries are none here."""
    with Workspace(manifest=MANIFEST, request_url=server.url) as running:
        running.faults.retry_pauses = (0.0, 0.0, 0.0)
        yield running


@pytest.fixture
def bolt(server: Server, workspace: Workspace) -> App:
    """A Bolt app behind the server, which has answered the challenge."""
    client = WebClient(workspace.bot_token, base_url=workspace.api_url)
    app = App(client=client, signing_secret=workspace.signing_secret)

    def answer(headers: dict[str, str], body: bytes) -> Answer:
        told: BoltResponse = app.dispatch(BoltRequest(body=body.decode(), headers={**headers}))
        return told.status, {name: values[0] for name, values in told.headers.items()}, told.body.encode()

    server.answer = answer
    wait_until(lambda: workspace.connected)
    return app


def hears_mentions(app: App) -> Heard:
    """Give what the app is told of mentions."""
    heard = Heard()

    def listen(body: Wire) -> None:
        heard.add(body)

    app.event("app_mention")(listen)
    return heard


def test_a_request_url_is_verified_before_anything_else(server: Server) -> None:
    """Given a fresh server, when the workspace starts, then it sends a challenge until that is answered."""
    with Workspace(request_url=server.url, signing_secret="s") as workspace:
        wait_until(lambda: len(server.requests) > 1)
        assert not workspace.connected

        server.answer = lambda _headers, body: (200, {}, body.split(b'"')[-2])
        wait_until(lambda: workspace.connected)


def test_every_request_is_signed(server: Server, workspace: Workspace) -> None:
    """Given a signing secret, when anything is sent, then Slack's own verifier finds its signature good."""
    workspace.say(user="alice", channel="#ops", text="/diagnose local")
    wait_until(lambda: any(b"command" in body for _, body in server.requests))

    verifier = SignatureVerifier(workspace.signing_secret)
    assert all(verifier.is_valid_request(body, {**headers}) for headers, body in server.requests)


def test_a_command_is_a_form_and_its_answer_is_shown(bolt: App, workspace: Workspace) -> None:
    """Given a Bolt app, when a person types a command, then the app's answer is theirs alone."""
    bolt.command("/diagnose")(lambda ack, command: ack(f"looking at {command['text']}"))

    workspace.say(user="alice", channel="#ops", text="/diagnose local")

    (told,) = workspace.wait_for(lambda now: now.ephemerals("alice"))
    assert told["text"] == "looking at local"


def test_an_event_is_json(bolt: App, workspace: Workspace, server: Server) -> None:
    """Given a Bolt app, when it is mentioned, then it hears what was said."""
    heard = hears_mentions(bolt)

    workspace.say(user="alice", channel="#ops", text="@sickbay why?")

    assert heard.wait()["event"]["text"] == "<@U0SICKBAY> why?"
    assert server.requests[-1][0]["content-type"] == "application/json"


def test_a_modal_lives_over_http(bolt: App, workspace: Workspace) -> None:
    """Given a Bolt app, when a person searches in its modal and submits, then options and errors come back."""
    options = [{"text": {"type": "plain_text", "text": "web"}, "value": "web"}]

    def on_shortcut(ack: Ack, body: Wire, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=_VIEW)

    bolt.shortcut("shortcut")(on_shortcut)
    bolt.options("pick")(lambda ack: ack(options=options))
    bolt.view("form")(lambda ack: ack(response_action="errors", errors={"what": "Not this one"}))

    assert workspace.shortcut(user="alice", callback_id="shortcut")
    view = workspace.wait_for(lambda now: now.modal("alice"))
    assert workspace.options(user="alice", action_id="pick", typed="we", view_id=view["id"]) == options
    chosen = {"what": {"pick": {"type": "external_select", "selected_option": options[0]}}}
    assert workspace.submit("alice", chosen) == {"what": "Not this one"}


def test_an_interaction_is_json_in_a_form(server: Server, workspace: Workspace) -> None:
    """Given a server, when a shortcut is used, then the form has one field, the payload."""
    workspace.shortcut(user="alice", callback_id="shortcut")

    headers, body = server.requests[-1]
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert list(parse_qs(body.decode())) == ["payload"]


@pytest.mark.parametrize(("more", "sent"), [({}, 4), ({"x-slack-no-retry": "1"}, 1)])
def test_an_event_is_sent_again_three_times(
    server: Server, workspace: Workspace, more: dict[str, str], sent: int
) -> None:
    """Given an app that fails, when an event is sent, then it comes three times more, unless the app says no."""
    server.answer = lambda _headers, _body: (500, more, b"")

    workspace.say(user="alice", channel="#ops", text="@sickbay why?")
    workspace.wait_for(lambda now: _failed(now) == sent)

    events = [headers for headers, body in server.requests if b"event_callback" in body]
    retries = [(each.get("x-slack-retry-num"), each.get("x-slack-retry-reason")) for each in events]
    assert retries == [(None, None), *[(str(number), "http_error") for number in range(1, sent)]]


def test_an_app_that_is_not_there_or_late_is_told_of(server: Server, workspace: Workspace) -> None:
    """Given an app that is late, then gone, when a command is typed, then Slack's sentences say which."""
    workspace.faults.expect_acks_within(0.2)
    late = threading.Event()

    def answer(_headers: dict[str, str], _body: bytes) -> Answer:
        late.wait(10)
        return 200, {}, b""

    server.answer = answer
    assert not workspace.shortcut(user="alice", callback_id="shortcut")
    late.set()
    server.close()
    assert not workspace.shortcut(user="alice", callback_id="shortcut")

    reasons = [entry["answer"]["reason"] for entry in workspace.log() if entry["verdict"] == "unacked"]
    assert reasons == ["http_timeout", "connection_failed"]


def test_a_duplicate_goes_out_twice(bolt: App, workspace: Workspace) -> None:
    """Given a fault, when the next event is sent, then it comes twice, with one id."""
    heard = hears_mentions(bolt)
    workspace.faults.duplicate_next_event()

    workspace.say(user="alice", channel="#ops", text="@sickbay why?")

    assert heard.wait(1)["event_id"] == heard.wait(2)["event_id"]


def _failed(workspace: Workspace) -> int:
    return sum(entry["verdict"] == "unacked" for entry in workspace.log())


_VIEW: Wire = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": {"type": "plain_text", "text": "What"},
            "element": {"type": "external_select", "action_id": "pick"},
        }
    ],
}
