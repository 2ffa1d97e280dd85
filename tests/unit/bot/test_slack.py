"""Slack's errors become ours: their type decides whether and when delivery tries again."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot import slack as bot_slack
from bot.slack import GoneError, NameRefusedError, NoEntryError, PictureRefusedError, Slack, SlackWaitsError, web_client
from handlers.blocks.message import Message, Snippet
from handlers.blocks.text import context
from sickbay.diagnostics.errors import PermanentError, TemporaryError

MESSAGE = Message(key="default.abc:card", text="hello", blocks=(context("hello"),))
SNIPPET = Snippet(key="default.abc:file:0", filename="a.log", title="a", content="text")
Answer = Callable[[BaseHTTPRequestHandler], None]


class Wire:
    """A Slack that gives one answer to every call, and notes which calls came."""

    def __init__(self, url: str, calls: list[str]) -> None:
        self.slack = Slack(web_client("xoxb-test", url))
        self.calls = calls

    def post(self) -> str:
        return self.slack.post("C0OPS", None, MESSAGE)


@contextmanager
def answering(answer: Answer) -> Iterator[Wire]:
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            calls.append(self.path.rsplit("/", 1)[-1])
            answer(self)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Wire(f"http://127.0.0.1:{server.server_port}/api/", calls)
    finally:
        server.shutdown()
        server.server_close()


def saying(status: int, body: str, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body.encode())

    return answer


def hanging_up(request: BaseHTTPRequestHandler) -> None:
    """Take the request, and close the connection without an answer."""
    request.close_connection = True


def refused(code: str) -> Answer:
    return saying(200, f'{{"ok": false, "error": "{code}"}}')


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry_After": "7"}, 7.0), ({"retry_after": "7"}, 7.0), ({}, 1.0), ({"Retry_After": "soon"}, 1.0)],
)
def test_a_429_waits_as_long_as_slack_asks(headers: dict[str, str], seconds: float) -> None:
    """Given a 429, when posting, then it is tried again after Retry-After, and surely did nothing."""
    with (
        answering(saying(429, '{"ok": false, "error": "ratelimited"}', **headers)) as wire,
        pytest.raises(SlackWaitsError) as caught,
    ):
        wire.post()

    assert caught.value.delay == seconds


@pytest.mark.parametrize(
    "answer",
    [
        saying(500, '{"ok": false, "error": "internal_error"}'),
        saying(503, "<html>unavailable</html>", Content_Type="text/html"),
        saying(200, "<html>a proxy's page</html>", Content_Type="text/html"),
        saying(404, "<html>a proxy's page</html>", Content_Type="text/html"),
        saying(200, "[]"),
        refused("internal_error"),
        refused("request_timeout"),
        hanging_up,
    ],
    ids=["500", "503 html", "200 html", "404 html", "200 list", "internal_error", "request_timeout", "hung up"],
)
def test_slack_being_ill_is_tried_again(answer: Answer) -> None:
    """Given an answer that is not Slack's own refusal, when posting, then it is tried again, and may have been done."""
    with answering(answer) as wire, pytest.raises(TemporaryError) as caught:
        wire.post()

    assert not isinstance(caught.value, SlackWaitsError)
    assert caught.value.delay > 0


def test_a_call_without_an_answer_is_sent_once() -> None:
    """Given a Slack that takes a post and hangs up, when posting, then the SDK does not send it again by itself."""
    with answering(hanging_up) as wire:
        with pytest.raises(TemporaryError):
            wire.post()

        assert wire.calls == ["chat.postMessage"]


def test_a_slack_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a Slack that does not answer in time, when posting, then it is tried again later."""
    monkeypatch.setattr(bot_slack, "_SECONDS", 0.2)
    given_up = threading.Event()

    def answer(_request: BaseHTTPRequestHandler) -> None:
        given_up.wait(30)

    began = time.monotonic()
    with answering(answer) as wire:
        with pytest.raises(TemporaryError):
            wire.post()
        given_up.set()

    assert time.monotonic() - began < 15


def test_a_slack_that_is_not_there_is_tried_again() -> None:
    """Given no server at all, when posting, then it is tried again later."""
    with answering(refused("unused")) as wire:
        pass

    with pytest.raises(TemporaryError):
        wire.post()


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "is_archived", "restricted_action"])
def test_a_closed_channel_is_its_own_error(code: str) -> None:
    """Given a channel that the bot may not write in, when posting, then the error carries Slack's reason."""
    with answering(refused(code)) as wire, pytest.raises(NoEntryError) as caught:
        wire.post()

    assert caught.value.code == code


@pytest.mark.parametrize("code", ["message_not_found", "thread_not_found", "cant_update_message"])
def test_what_was_deleted_is_its_own_error(code: str) -> None:
    """Given a message that is gone, when edited, then the error says so."""
    with answering(refused(code)) as wire, pytest.raises(GoneError):
        wire.slack.update("C0OPS", "1.0", MESSAGE)


@pytest.mark.parametrize("code", ["invalid_auth", "missing_scope", "invalid_blocks", "msg_too_long"])
def test_other_refusals_are_not_tried_again(code: str) -> None:
    """Given a refusal that no second try changes, when posting, then the error is permanent and names it."""
    with answering(refused(code)) as wire, pytest.raises(PermanentError, match=code) as caught:
        wire.post()

    assert not isinstance(caught.value, NoEntryError | GoneError)


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked"])
def test_an_app_that_was_removed_is_told_with_what_to_do(code: str) -> None:
    """Given a workspace that removed the app, when posting, then the error says to install it again."""
    with answering(refused(code)) as wire, pytest.raises(PermanentError, match=f"{code}. .*nstall"):
        wire.post()


def test_an_upload_that_fails_half_way_is_tried_again() -> None:
    """Given a Slack that gives the address and refuses the bytes, when a file is sent, then it is tried again."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path.endswith("getUploadURLExternal"):
            host = request.headers["Host"]
            saying(200, f'{{"ok": true, "file_id": "F1", "upload_url": "http://{host}/upload"}}')(request)
        else:
            saying(502, "bad gateway")(request)

    with answering(answer) as wire, pytest.raises(TemporaryError):
        wire.slack.upload("C0OPS", "1.0", SNIPPET)


def test_a_message_is_looked_for_page_by_page() -> None:
    """Given a key on the second page, when looked for, then it is found; without a metadata at all, nothing breaks."""
    pages = iter(
        [
            '{"ok": true, "messages": [{"ts": "2.0", "metadata": null}], "response_metadata": {"next_cursor": "x"}}',
            '{"ok": true, "messages": [{"ts": "3.0", "metadata": {"event_payload": {"key": "k"}}}]}',
        ]
    )

    def answer(request: BaseHTTPRequestHandler) -> None:
        saying(200, next(pages))(request)

    with answering(answer) as wire:
        assert wire.slack.find("C0OPS", "1.0", "k", since=0.0) == "3.0"
        assert wire.calls == ["conversations.replies"] * 2


def test_looking_for_a_message_ends() -> None:
    """Given pages without end, when a key is looked for, then that ends all the same."""
    with answering(saying(200, '{"ok": true, "messages": [], "response_metadata": {"next_cursor": "x"}}')) as wire:
        assert wire.slack.find("C0OPS", None, "k", since=0.0) is None
        assert 1 < len(wire.calls) < 20


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://hooks.slack.com.evil.example/x",
        "http://hooks.slack.com/commands/1",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_slacks_own_one_time_addresses_are_called(address: str) -> None:
    """Given a record whose one-time address leads elsewhere, when the asker is to be told, then nothing is called."""
    with answering(saying(200, "ok")) as wire, pytest.raises(PermanentError, match="is not Slack's"):
        wire.slack.respond(address, "hello")


def test_a_one_time_address_of_the_workspace_is_called() -> None:
    """Given an address of the same origin as the API, when the asker is told, then it is called once."""
    with answering(saying(200, "ok")) as wire:
        origin = wire.slack._client.base_url.removesuffix("/api/").rstrip("/")

        assert wire.slack.respond(f"{origin}/hooks/abc", "hello") == 200

        assert wire.calls == ["abc"]


def test_the_members_of_a_group_are_read() -> None:
    """Given a user group, when its members are asked for, then all that Slack lists are given."""
    with answering(saying(200, '{"ok": true, "users": ["U1", "U2"]}')) as wire:
        assert wire.slack.members("S1") == {"U1", "U2"}

        assert wire.calls == ["usergroups.users.list"]


def test_a_group_that_is_gone_is_refused_for_good() -> None:
    """Given a user group that was deleted, when its members are asked for, then no second try could help."""
    with answering(refused("no_such_subteam")) as wire, pytest.raises(PermanentError):
        wire.slack.members("S1")


@pytest.mark.parametrize("code", ["name_taken", "invalid_name_specials", "invalid_name"])
def test_a_name_that_a_channel_cannot_have_is_told_apart(code: str) -> None:
    """Given a name that Slack refuses, when a channel is created, then another name may do."""
    with answering(refused(code)) as wire, pytest.raises(NameRefusedError):
        wire.slack.create_channel("inc-42")


@pytest.mark.parametrize("code", ["already_pinned", "already_in_channel"])
def test_what_is_so_already_is_well(code: str) -> None:
    """Given a message that is pinned, and somebody who is there, when it is done again, then all is well."""
    with answering(refused(code)) as wire:
        wire.slack.pin("C0OPS", "1.0")
        wire.slack.invite("C0OPS", "U0ALICE")

        assert wire.calls == ["pins.add", "conversations.invite"]


def test_a_picture_that_slack_does_not_have_yet_is_told_apart() -> None:
    """Given a message whose picture Slack has not looked at, when it is posted, then the error says that."""
    details = '["invalid slack file [json-pointer:/blocks/0/slack_file]"]'
    with (
        answering(saying(200, f'{{"ok": false, "error": "invalid_blocks", "errors": {details}}}')) as wire,
        pytest.raises(PictureRefusedError),
    ):
        wire.post()
