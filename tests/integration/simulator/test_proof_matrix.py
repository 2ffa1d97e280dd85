"""The local workspace with an unmodified Bolt app, over Socket Mode and signed HTTP: each payload and way back."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

import pytest
from slack_bolt import Ack, App, BoltRequest, Respond, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sickbay.simulator import Workspace
from tests.integration.simulator.conftest import Heard, hang_up, wait_until

Wire = dict[str, Any]

_EVENTS = (
    "app_home_opened", "app_mention", "link_shared", "member_joined_channel", "message.channels", "message.im",
    "pin_added", "reaction_added",
)  # fmt: skip
MANIFEST: Wire = {
    "features": {
        "slash_commands": [{"command": "/ward", "should_escape": True}],
        "shortcuts": [
            {"name": "Admit", "type": "global", "callback_id": "admit"},
            {"name": "Examine", "type": "message", "callback_id": "examine"},
        ],
        "unfurl_domains": ["wiki.test"],
    },
    "settings": {"event_subscriptions": {"bot_events": list(_EVENTS)}},
}


class Way(Protocol):
    """How an app is connected."""

    def close(self) -> None:
        """Hang up."""


class OverSockets:
    """Bolt's own Socket Mode handler."""

    def __init__(self, app: App, workspace: Workspace) -> None:
        self._workspace = workspace
        self._handler = SocketModeHandler(app, workspace.app_token)
        self._handler.connect()  # type: ignore[no-untyped-call]  # the handler carries no types here

    def close(self) -> None:
        """Hang up."""
        hang_up(self._handler.client, self._workspace)


class OverHttp:
    """A server of threads in front of Bolt's dispatch, which verifies each signature."""

    def __init__(self) -> None:
        self.app: App | None = None
        way = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                told = way.app.dispatch(BoltRequest(body=body, headers=dict(self.headers))) if way.app else None
                content = told.body.encode() if told else b""
                self.send_response(told.status if told else 503)
                for name, value in (told.first_headers() if told else {}).items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_parts: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Hang up."""
        self._server.shutdown()
        self._server.server_close()


class Ward:
    """A workspace and its app; the app is shared, so each test gives its listeners names of their own."""

    def __init__(self, workspace: Workspace, app: App) -> None:
        self.workspace = workspace
        self.app = app
        self.client: WebClient = app.client

    def hears(self, listener: Callable[..., Any]) -> Heard:
        """Note all that a kind of listener is told, such as `app.event("message")`."""
        heard = Heard()

        def listen(ack: Ack, body: Wire) -> None:
            ack()
            heard.add(body)

        listener(listen)
        return heard


@pytest.fixture(scope="module", params=["socket", "http"])
def ward(request: pytest.FixtureRequest) -> Iterator[Ward]:
    """A connected app, in either mode; a module's tests share it, for Slack's socket client takes seconds to close."""
    over_http = OverHttp() if request.param == "http" else None
    with Workspace(manifest=MANIFEST, request_url=over_http.url if over_http else None) as workspace:
        client = WebClient(workspace.bot_token, base_url=workspace.api_url)
        app = App(client=client, signing_secret=workspace.signing_secret)
        way: Way = over_http or OverSockets(app, workspace)
        if over_http:
            over_http.app = app
        wait_until(lambda: workspace.connected)
        yield Ward(workspace, app)
        way.close()


def test_a_command_is_answered_in_each_way(ward: Ward) -> None:
    """Given a command, when the app acknowledges with text, says and responds, then each is where it belongs."""

    def listen(ack: Ack, say: Say, respond: Respond, command: Wire) -> None:
        ack(f"looking at {command['text']}")
        say("for all")
        respond("for you")

    ward.app.command("/ward")(listen)
    ward.workspace.say(user="bob", channel="#ops", text="/ward @alice")

    ward.workspace.wait_for(lambda now: len(now.ephemerals("bob")) == 2)
    said = {message["text"] for message in ward.workspace.ephemerals("bob")}
    assert said == {"looking at <@U0ALICE|alice>", "for you"}
    assert ward.workspace.messages("#ops")[-1]["text"] == "for all"


def test_a_home_is_opened_published_and_used(ward: Ward) -> None:
    """Given a Home, when a person opens it, chooses there and goes to the Messages, then the app hears all three."""
    tabs = Heard()

    def on_opened(event: Wire, client: WebClient) -> None:
        tabs.add(event)
        if event["tab"] == "home":
            client.views_publish(user_id=event["user"], view=_home("home_pick"))

    ward.app.event("app_home_opened")(on_opened)
    chosen = ward.hears(ward.app.action("home_pick"))

    ward.workspace.open_home("alice")
    home = ward.workspace.wait_for(lambda now: now.home("alice"))
    option = home["blocks"][0]["elements"][0]["options"][0]
    click = {"user": "alice", "action_id": "home_pick", "view_id": home["id"]}
    assert ward.workspace.click(**click, chosen={"selected_option": option})
    ward.workspace.open_home("alice", "messages")

    body = chosen.wait()
    assert (body["view"]["type"], body["container"]["type"], "channel" in body) == ("home", "view", False)
    assert body["actions"][0]["selected_option"] == option
    assert [(tabs.wait(number)["tab"], "view" in tabs.wait(number)) for number in (1, 2)] == [
        ("home", False),
        ("messages", False),
    ]


def test_a_home_is_not_overwritten_by_an_older_one(ward: Ward) -> None:
    """Given two publishers of a Home, when the second knows an old hash, then it is told of the conflict."""
    first = ward.client.views_publish(user_id="U0BOB", view=_home("hash_pick"))["view"]
    ward.client.views_publish(user_id="U0BOB", view=_home("hash_pick"), hash=first["hash"])

    with pytest.raises(SlackApiError, match="hash_conflict"):
        ward.client.views_publish(user_id="U0BOB", view=_home("hash_pick"), hash=first["hash"])


@pytest.mark.parametrize("grouped", [False, True])
def test_an_external_select_of_a_message(ward: Ward, grouped: bool) -> None:
    """Given a select in a message, when a person types and chooses, then options come, and the app hears the choice."""
    action_id = f"pick_{grouped}"

    def offer(ack: Ack, payload: Wire) -> None:
        found = [_option(f"{payload['value']}-{number}") for number in range(2)]
        group = {"label": {"type": "plain_text", "text": "Up"}, "options": found}
        ack(option_groups=[group]) if grouped else ack(options=found)

    ward.app.options(action_id)(offer)
    chosen = ward.hears(ward.app.action(action_id))
    select = {"type": "external_select", "action_id": action_id}
    blocks = [{"type": "actions", "elements": [select]}]
    ts = str(ward.client.chat_postMessage(channel="C0OPS", text="x", blocks=blocks)["ts"])

    options = ward.workspace.options(user="alice", action_id=action_id, typed="web", channel="C0OPS", ts=ts)
    assert [option["value"] for option in options] == ["web-0", "web-1"]
    where = {"user": "alice", "action_id": action_id, "channel": "C0OPS", "ts": ts}
    assert ward.workspace.click(**where, chosen={"selected_option": options[1]})
    assert chosen.wait()["actions"][0]["selected_option"]["value"] == "web-1"


def test_a_modal_is_pushed_updated_refused_and_cleared(ward: Ward) -> None:
    """Given a global shortcut, when a person goes through its modal, then they see each of the app's answers."""
    answers: dict[str, Wire] = {
        "wrong": {"response_action": "errors", "errors": {"what": "Not this"}},
        "update": {"response_action": "update", "view": _modal("admission", "Updated")},
        "push": {"response_action": "push", "view": _modal("admission", "Pushed")},
        "clear": {"response_action": "clear"},
    }

    def on_shortcut(ack: Ack, body: Wire, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=_modal("admission", "First"))

    def on_submit(ack: Ack, view: Wire) -> None:
        ack(**answers[view["state"]["values"]["what"]["say"]["value"]])

    ward.app.shortcut("admit")(on_shortcut)
    ward.app.view("admission")(on_submit)

    assert ward.workspace.shortcut(user="alice", callback_id="admit")
    ward.workspace.wait_for(lambda now: now.modal("alice"))
    assert _submit(ward, "wrong") == {"what": "Not this"}
    titles = []
    for answer in ("update", "push", "clear"):
        assert _submit(ward, answer) == {}
        view = ward.workspace.modal("alice")
        titles.append(view and view["title"]["text"])
    assert titles == ["Updated", "Pushed", None]
    sent = [entry["body"]["payload"] for entry in ward.workspace.log() if entry["kind"] == "envelope"]
    submitted = [item["view"]["title"]["text"] for item in sent if item.get("type") == "view_submission"]
    assert submitted[-4:] == ["First", "First", "Updated", "Pushed"]


def test_a_modal_that_is_closed_is_told(ward: Ward) -> None:
    """Given a stack of two that ask to know, when a person closes all, then the app hears it of each."""
    closed = ward.hears(ward.app.view_closed("notified"))
    trigger = ward.workspace._one_time.trigger("U0ALICE"), ward.workspace._one_time.trigger("U0ALICE")
    view = _modal("notified", "x") | {"notify_on_close": True}
    ward.client.views_open(trigger_id=trigger[0], view=view)
    ward.client.views_push(trigger_id=trigger[1], view=view)

    ward.workspace.close_modal("alice", cleared=True)

    assert [closed.wait(number)["is_cleared"] for number in (1, 2)] == [True, True]
    assert ward.workspace.modal("alice") is None


def test_a_message_shortcut_carries_its_message(ward: Ward) -> None:
    """Given a message with a file, when a person uses a shortcut on it, then the app gets both, and can answer."""
    heard = ward.hears(ward.app.shortcut("examine"))
    ts = ward.workspace.say(user="bob", channel="#ops", text="look", files={"Dockerfile": b"FROM scratch"})

    assert ward.workspace.shortcut(user="alice", callback_id="examine", channel="C0OPS", ts=ts)

    body = heard.wait()
    assert (body["type"], body["message_ts"], body["message"]["text"]) == ("message_action", ts, "look")
    assert body["message"]["files"][0]["name"] == "Dockerfile"
    assert body["response_url"].startswith(ward.workspace.address)


def test_what_happens_in_a_channel_is_told(ward: Ward) -> None:
    """Given a channel, when people speak, share links, react, pin and join there, then the app hears of each."""
    kinds = ("app_mention", "link_shared", "reaction_added", "pin_added", "member_joined_channel")
    heard = {kind: ward.hears(ward.app.event(kind)) for kind in kinds}
    ts = ward.workspace.say(user="alice", channel="#payments", text="@sickbay https://wiki.test/1")
    ward.client.reactions_add(channel="C0PAYMENTS", timestamp=ts, name="eyes")
    ward.client.pins_add(channel="C0PAYMENTS", timestamp=ts)
    made = ward.client.conversations_create(name=f"incident-{ts.replace('.', '-')}")["channel"]
    ward.client.conversations_invite(channel=made["id"], users="U0ALICE,U0BOB")

    mention, link = heard["app_mention"].wait()["event"], heard["link_shared"].wait()["event"]
    assert (mention["ts"], link["message_ts"], link["links"][0]["domain"]) == (ts, ts, "wiki.test")
    joined = [heard["member_joined_channel"].wait(number)["event"]["user"] for number in (1, 2)]
    assert sorted(joined) == ["U0ALICE", "U0BOB"]
    # What the app did itself Bolt passes over.
    assert (heard["reaction_added"].all, heard["pin_added"].all) == ([], [])


def test_an_event_that_nobody_takes_comes_again_and_says_so(ward: Ward) -> None:
    """Given an app that does not acknowledge, when an event is sent, then it comes again with Slack's headers."""
    tries: list[tuple[str, ...]] = []

    def refuse(request: BoltRequest, body: Wire, next_: Callable[[], None]) -> BoltResponse | None:
        if body.get("event", {}).get("text") != "fragile":
            next_()
            return None
        tries.append(tuple(request.headers.get("x-slack-retry-num", ())))
        return BoltResponse(status=500) if len(tries) == 1 else BoltResponse(status=200)

    ward.app.use(refuse)
    ward.workspace.faults.expect_acks_within(0.5)
    ward.workspace.say(user="bob", channel="D0BOB", text="fragile")
    wait_until(lambda: len(tries) == 2)
    ward.workspace.faults.expect_acks_within(3)

    # Over sockets Bolt makes the header of the envelope, which counts from 0.
    assert tries in ([(), ("1",)], [("0",), ("1",)])


def test_a_stream_and_a_status(ward: Ward) -> None:
    """Given Slack's own helper, when the app streams into a thread, then one message has all of it."""
    root = ward.workspace.say(user="alice", channel="#general", text="why?")
    where: Wire = {"channel": "C0GENERAL", "thread_ts": root}
    ward.client.assistant_threads_setStatus(channel_id="C0GENERAL", thread_ts=root, status="is reading")

    whom = {"recipient_user_id": "U0ALICE", "recipient_team_id": "T0LOCAL"}
    stream = ward.client.chat_stream(**where, **whom, buffer_size=1)
    stream.append(markdown_text="The disk ")
    stream.append(markdown_text="is full.")
    stream.stop()

    assert ward.workspace.messages("#general", root)[-1]["text"] == "The disk is full."


def test_what_is_scheduled_comes(ward: Ward) -> None:
    """Given a message for later, when its time comes, then it is there; one that was taken back is not."""
    later = 4_000_000_000
    with pytest.raises(SlackApiError, match="time_too_far"):
        ward.client.chat_scheduleMessage(channel="C0GENERAL", text="x", post_at=later)

    soon = int(ward.workspace._schedule.clock()) + 600
    kept, gone = (
        ward.client.chat_scheduleMessage(channel="C0GENERAL", text=text, post_at=soon) for text in ("kept", "gone")
    )
    ward.client.chat_deleteScheduledMessage(channel="C0GENERAL", scheduled_message_id=str(gone["scheduled_message_id"]))
    listed = ward.client.chat_scheduledMessages_list()["scheduled_messages"]
    assert [item["id"] for item in listed] == [kept["scheduled_message_id"]]

    ward.workspace.post_scheduled(soon)
    texts = [message["text"] for message in ward.workspace.messages("#general")]
    assert ("kept" in texts, "gone" in texts) == (True, False)


def test_groups_marks_and_links_by_slacks_own_client(ward: Ward) -> None:
    """Given Slack's client, when it reads groups, pins, bookmarks and unfolds a link, then all is as Slack tells it."""
    groups = ward.client.usergroups_list(include_users=True)["usergroups"]
    assert ward.client.usergroups_users_list(usergroup=groups[0]["id"])["users"] == groups[0]["users"]

    said = ward.workspace.say(user="alice", channel="#ops", text="https://wiki.test/2")
    ward.client.pins_add(channel="C0OPS", timestamp=said)
    assert ward.client.pins_list(channel="C0OPS")["items"][-1]["message"]["ts"] == said
    ward.client.pins_remove(channel="C0OPS", timestamp=said)
    ward.client.chat_unfurl(channel="C0OPS", ts=said, unfurls={"https://wiki.test/2": {"text": "Runbook"}})
    assert ward.workspace.messages("#ops", said)[0]["attachments"][0]["text"] == "Runbook"

    mark = ward.client.bookmarks_add(channel_id="C0OPS", title="Runbook", type="link", link="https://wiki.test")
    ward.client.bookmarks_edit(channel_id="C0OPS", bookmark_id=mark["bookmark"]["id"], title="Handbook")
    assert ward.client.bookmarks_list(channel_id="C0OPS")["bookmarks"][-1]["title"] == "Handbook"
    ward.client.bookmarks_remove(channel_id="C0OPS", bookmark_id=mark["bookmark"]["id"])


def test_an_app_is_installed_by_a_code(ward: Ward) -> None:
    """Given a code of the workspace, when Slack's client exchanges it, then it has the token, and its scopes."""
    code = ward.workspace.authorization_code()

    answer = WebClient(base_url=ward.workspace.api_url).oauth_v2_access(client_id="1", client_secret="2", code=code)

    assert answer["access_token"] == ward.workspace.bot_token
    assert "chat:write" in answer["scope"].split(",")


def test_an_app_without_a_scope_is_told_which(ward: Ward) -> None:
    """Given a scope that is taken away, when the app calls what takes it, then it reads which one it needs."""
    ward.workspace.faults.missing_scopes.add("users:read")
    try:
        with pytest.raises(SlackApiError) as refused:
            ward.client.users_list()
    finally:
        ward.workspace.faults.missing_scopes.clear()

    assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "users:read")
    assert "users:read" not in refused.value.response.headers["x-oauth-scopes"].split(",")


def _option(value: str) -> Wire:
    return {"text": {"type": "plain_text", "text": value}, "value": value}


def _home(action_id: str) -> Wire:
    select = {"type": "static_select", "action_id": action_id, "options": [_option("north"), _option("south")]}
    return {"type": "home", "blocks": [{"type": "actions", "block_id": "row", "elements": [select]}]}


def _modal(callback_id: str, title: str) -> Wire:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {
                "type": "input",
                "block_id": "what",
                "label": {"type": "plain_text", "text": "What"},
                "element": {"type": "plain_text_input", "action_id": "say"},
            }
        ],
    }


def _submit(ward: Ward, text: str) -> dict[str, str]:
    return ward.workspace.submit("alice", {"what": {"say": {"type": "plain_text_input", "value": text}}})


def test_an_asynchronous_app_is_at_home_too() -> None:
    """Given Bolt's asynchronous app, when a person uses it and it calls by itself, then all goes well."""
    with Workspace(manifest=MANIFEST) as workspace:
        heard, streamed, token = asyncio.run(_asynchronously(workspace))

        assert heard == "heard x"
        assert workspace.messages("#ops")[-1]["reply_count"] == 1
        assert (streamed, token) == ("one two", workspace.bot_token)


async def _asynchronously(workspace: Workspace) -> tuple[str, str, str]:
    """Run an app: a command by a person, a stream, and an installation by a code."""
    client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)
    app = AsyncApp(client=client)

    async def listen(ack: AsyncAck, command: Wire) -> None:
        await ack(f"heard {command['text']}")

    app.command("/ward")(listen)
    handler = AsyncSocketModeHandler(app, workspace.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the handler carries no types here

    def type_command() -> str:
        wait_until(lambda: workspace.connected)
        workspace.say(user="alice", channel="#ops", text="/ward x")
        return str(workspace.wait_for(lambda now: now.ephemerals("alice"))[0]["text"])

    heard = await asyncio.to_thread(type_command)
    root = str((await client.chat_postMessage(channel="C0OPS", text="why?"))["ts"])
    whom: Wire = {"recipient_user_id": "U0ALICE", "recipient_team_id": "T0LOCAL"}
    stream = await client.chat_stream(channel="C0OPS", thread_ts=root, buffer_size=1, **whom)
    await stream.append(markdown_text="one ")
    await stream.append(markdown_text="two")
    await stream.stop()
    replies = (await client.conversations_replies(channel="C0OPS", ts=root))["messages"]
    fresh = AsyncWebClient(base_url=workspace.api_url)
    installed = await fresh.oauth_v2_access(client_id="1", client_secret="2", code=workspace.authorization_code())
    await handler.close_async()  # type: ignore[no-untyped-call]  # the handler carries no types here
    return heard, str(replies[-1]["text"]), str(installed["access_token"])
