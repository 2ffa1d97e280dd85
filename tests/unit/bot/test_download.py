"""A file is fetched from Slack alone: its token goes nowhere else, and what is no file is told apart."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.download import MissingError, SignInError, TooLargeError, fetch
from sickbay.diagnostics.errors import PermanentError, TemporaryError

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A server of one answer, and the credentials that came to it."""

    def __init__(self, port: int, heard: list[str | None]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.heard = heard

    def fetch(self, url: str = "", *, most: int = 100) -> bytes:
        return fetch(url or f"{self.url}/files-pri/x", token="xoxb-1", api_url=f"{self.url}/api/", most=most, seconds=5)


@contextmanager
def serving(answer: Answer) -> Iterator[Server]:
    heard: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get("Authorization"))
            answer(self)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield Server(server.server_port, heard)
    finally:
        server.shutdown()
        server.server_close()


def saying(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": "text/plain", **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def test_a_file_is_fetched_with_the_token() -> None:
    """Given a file, when fetched, then its bytes come, and the token was shown."""
    with serving(saying(200, b"FROM x\n\xff")) as server:
        assert server.fetch() == b"FROM x\n\xff"
        assert server.heard == ["Bearer xoxb-1"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/files-pri/x",
        "https://slack.com.evil.example/x",
        "https://evilslack.com/x",
        "http://files.slack.com/x",
        "https://files.slack.com@evil.example/x",
        "https://evil.example/#.slack.com",
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://files.slack.com/x",
        "",
        "files-pri/x",
    ],
)
def test_no_other_address_is_asked(url: str) -> None:
    """Given an address that is not Slack's, however alike, when fetched, then nothing is asked at all."""
    with pytest.raises(PermanentError, match="not Slack's"):
        fetch(url, token="xoxb-1", api_url="https://slack.com/api/", most=1, seconds=1)


def test_a_redirect_to_elsewhere_is_not_followed() -> None:
    """Given a file that redirects to another host, when fetched, then that host hears nothing, and no token."""
    with ExitStack() as stack:
        thief = stack.enter_context(serving(saying(200, b"thanks")))
        server = stack.enter_context(serving(saying(302, Location=f"{thief.url}/x")))

        with pytest.raises(PermanentError, match="not Slack's"):
            server.fetch()

        assert thief.heard == []


def test_the_way_to_the_sign_in_page_is_told_apart() -> None:
    """Given Slack's answer to who may not read files, a redirect to a page, when fetched, then that is what is said."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        page = saying(200, b"<!DOCTYPE html><html>", Content_Type="text/html; charset=utf-8")
        (page if request.path.startswith("/signin") else saying(302, Location="/signin?redir=x"))(request)

    with serving(answer) as server, pytest.raises(SignInError):
        server.fetch()


def test_a_page_without_its_type_is_a_page() -> None:
    """Given HTML that is said to be text, when fetched, then it is no Dockerfile."""
    with serving(saying(200, b"\n<!DOCTYPE HTML>\n<html>")) as server, pytest.raises(SignInError):
        server.fetch()


def test_no_more_is_read_than_asked() -> None:
    """Given a file that is larger than asked, when fetched, then it is refused; one that just fits is not."""
    with serving(saying(200, b"x" * 101)) as server:
        with pytest.raises(TooLargeError):
            server.fetch(most=100)
        assert len(server.fetch(most=101)) == 101


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, MissingError), (410, MissingError), (403, PermanentError), (429, TemporaryError), (503, TemporaryError)],
)
def test_the_status_decides_whether_it_is_tried_again(status: int, kind: type[Exception]) -> None:
    """Given an error of Slack's, when fetched, then its status decides whether another try may help."""
    with serving(saying(status)) as server, pytest.raises(kind):
        server.fetch()


@pytest.mark.parametrize(("after", "seconds"), [("7", 7.0), ("soon", 2.0)])
def test_a_429_waits_as_long_as_slack_asks(after: str, seconds: float) -> None:
    """Given a 429, when fetched, then the next try comes when Slack asks for it."""
    with serving(saying(429, Retry_After=after)) as server, pytest.raises(TemporaryError) as caught:
        server.fetch()

    assert caught.value.delay == seconds


def test_an_endless_redirect_ends() -> None:
    """Given a redirect to itself, when fetched, then it ends with an error."""
    with serving(saying(302, Location="/files-pri/x")) as server, pytest.raises((PermanentError, TemporaryError)):
        server.fetch()

    assert len(server.heard) < 20


def test_no_answer_is_tried_again() -> None:
    """Given a server that hangs up or is not there, when fetched, then another try may help."""

    def hang_up(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True

    with serving(hang_up) as server, pytest.raises(TemporaryError):
        server.fetch()
    with pytest.raises(TemporaryError):
        server.fetch()
