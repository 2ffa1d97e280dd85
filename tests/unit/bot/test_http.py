"""HTTP mode over real HTTP: only what Slack has signed a moment ago is read, and nothing else waits for a listener."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping

import pytest
import redis
from prometheus_client import REGISTRY
from slack_sdk.signature import SignatureVerifier
from structlog.testing import capture_logs

from bot.http import MOST_BYTES, SlackEndpoint
from bot.manifest import PATH
from sickbay.health import HealthServer
from tests.unit.bot.house import (
    NOW,
    SECRET,
    Clock,
    FakeSlack,
    Wire,
    app_for,
    click,
    command,
    mention,
    search,
    signed,
    submission,
    written,
)

Answer = tuple[int, str]


class Bot:
    """A bot in HTTP mode, and what its listeners were told."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken: list[str] = []
        self.before: Callable[[], object] = lambda: None
        self.clock = Clock()

    def listen(self, request_id: str) -> None:
        self.before()
        self.taken.append(request_id)

    def send(self, body: bytes, headers: Mapping[str, str], *, method: str = "POST", path: str = PATH) -> Answer:
        """Send a request as somebody in the network."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def slack_sends(self, body: Wire) -> Answer:
        """Send a request as Slack does."""
        return self.send(written(body), signed(written(body)))


@pytest.fixture(scope="module")
def serving(running_redis: redis.Redis) -> Iterator[Bot]:
    """A bot whose clock stands, and for which a request must arrive in half a second."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bot = Bot(probe.getsockname()[1])
    with FakeSlack() as slack:
        endpoint = SlackEndpoint(
            app_for(slack, running_redis, bot.listen),
            SignatureVerifier(SECRET, bot.clock),  # type: ignore[arg-type]  # a clock that is moved
            arrives_s=0.5,
        )
        with HealthServer("127.0.0.1", bot.port, lambda: "", [endpoint.route]):
            yield bot
        endpoint.close()


@pytest.fixture
def bot(serving: Bot, empty_redis: redis.Redis) -> Bot:
    """A bot to which nothing has happened yet."""
    serving.taken.clear()
    serving.before = lambda: None
    serving.clock.seconds = float(NOW)
    return serving


@pytest.mark.parametrize(
    "body", [command(), mention(), click(), submission(), search()], ids=["command", "event", "click", "form", "search"]
)
def test_what_slack_signed_is_handled(bot: Bot, body: Wire) -> None:
    """Given a request as Slack writes and signs it, when it arrives, then its listener hears of it."""
    status, _ = bot.slack_sends(body)

    assert status == 200
    assert bot.taken == [body.get("event_id") or body.get("trigger_id") or "no id"]


def test_slack_can_verify_the_address(bot: Bot) -> None:
    """Given an app that is being set up, when Slack sends its challenge, then it gets it back."""
    status, text = bot.slack_sends({"type": "url_verification", "challenge": "3eZbrw1aB1", "token": "x"})

    assert (status, json.loads(text)) == (200, {"challenge": "3eZbrw1aB1"})


def test_a_message_about_the_certificate_is_handled(bot: Bot) -> None:
    """Given an event whose text looks like Slack's look at the certificate, when it arrives, then it is handled."""
    assert bot.slack_sends(mention(text="a&ssl_check=1&b"))[0] == 200
    assert bot.taken == ["Ev1"]


def test_the_answer_travels_in_the_acknowledgement(bot: Bot) -> None:
    """Given a listener that fails, when a command arrives, then Slack is answered with JSON for the person alone."""
    bot.before = lambda: 1 / 0

    status, text = bot.slack_sends(command())

    assert status == 200
    assert json.loads(text)["response_type"] == "ephemeral"
    assert "ZeroDivisionError" not in text


def test_an_event_that_slack_sends_again_is_handled_once(bot: Bot) -> None:
    """Given an event, when Slack sends it four times, then each is acknowledged and it is handled once."""
    assert [bot.slack_sends(mention())[0] for _ in range(4)] == [200] * 4
    assert bot.taken == ["Ev1"]


def test_a_captured_command_cannot_be_played_again(bot: Bot) -> None:
    """Given a signed command that somebody captured, when they send it at once, then nothing is handled twice."""
    body = written(command())
    headers = signed(body)

    assert [bot.send(body, headers)[0] for _ in range(2)] == [200, 200]
    assert len(bot.taken) == 1


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-299, 200), (0, 200), (299, 200), (301, 401)])
def test_a_signature_is_good_for_five_minutes(bot: Bot, seconds: int, status: int) -> None:
    """Given a signed request, when it arrives so many seconds off, then only five minutes either way are let pass."""
    body = written(mention())
    headers = signed(body)
    bot.clock.seconds += seconds

    assert bot.send(body, headers)[0] == status
    assert len(bot.taken) == (1 if status == 200 else 0)


BODY = written(command())
FORGED: dict[str, tuple[bytes, Mapping[str, str]]] = {
    "no headers": (BODY, {}),
    "no signature": (BODY, {"X-Slack-Request-Timestamp": str(NOW)}),
    "no time": (BODY, {"X-Slack-Signature": signed(BODY)["X-Slack-Signature"]}),
    "another secret": (BODY, signed(BODY, secret="8" * 32)),
    "another body": (BODY + b"&text=prod", signed(BODY)),
    "another time": (BODY, signed(BODY) | {"X-Slack-Request-Timestamp": str(NOW + 1)}),
    "time is no number": (BODY, signed(BODY) | {"X-Slack-Request-Timestamp": "now"}),
    "time is endless": (BODY, signed(BODY) | {"X-Slack-Request-Timestamp": "9" * 5000}),
    "signature is no text": (BODY, signed(BODY) | {"X-Slack-Signature": "v0=\xff"}),
    "body is no text": (b"\xff\xfe", signed(b"{}")),
    "a challenge": (b'{"type":"url_verification","challenge":"x"}', {"Content-Type": "application/json"}),
}


@pytest.mark.parametrize(("body", "headers"), FORGED.values(), ids=FORGED)
def test_what_slack_did_not_sign_is_refused(bot: Bot, body: bytes, headers: Mapping[str, str]) -> None:
    """Given a request that is forged in one way, when it arrives, then it is refused unread, counted and logged."""
    labels = {"why": "not signed by Slack"}
    before = REGISTRY.get_sample_value("sickbay_slack_refused_total", labels) or 0

    with capture_logs() as logged:
        assert bot.send(body, headers) == (401, "not signed by Slack")

    assert bot.taken == []
    assert REGISTRY.get_sample_value("sickbay_slack_refused_total", labels) == before + 1
    (entry,) = logged
    assert (entry["event"], entry["why"]) == ("a request was refused", "not signed by Slack")


@pytest.mark.parametrize(
    "body",
    [b"", b"[1, 2]", b"{", b'{"event": null, "type": "event_callback"}', b"payload=%7B", b"payload=[]", b"{" * 90_000],
)
def test_signed_junk_is_refused_without_a_trace(bot: Bot, body: bytes) -> None:
    """Given junk with a good signature, when it arrives, then no listener hears of it, and no code is shown."""
    status, text = bot.send(body, signed(body) | {"Content-Type": "application/json"})

    assert status in {200, 400}
    assert "Traceback" not in text
    assert bot.taken == []


def test_a_request_that_is_too_large_is_refused(bot: Bot) -> None:
    """Given more bytes than any request of Slack has, when they arrive, then the rest of them is not waited for."""
    body = b"text=" + b"x" * MOST_BYTES

    assert bot.send(body, signed(body)) == (413, "too large")


def test_a_command_of_40000_characters_is_taken(bot: Bot) -> None:
    """Given the longest text that a person can type, when it arrives, then its listener hears of it."""
    assert bot.slack_sends(command(text="ü" * 40_000))[0] == 200
    assert len(bot.taken) == 1


def test_a_request_that_never_ends_is_given_up(bot: Bot) -> None:
    """Given a sender that announces a body and sends half of it, when the time is up, then it is answered and over."""
    with socket.create_connection(("127.0.0.1", bot.port), timeout=30) as sender:
        sender.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf".encode())
        assert b"408" in sender.recv(1000).split(b"\r\n")[0]


@pytest.mark.parametrize(("method", "status"), [("GET", 401), ("PUT", 405), ("DELETE", 405)])
def test_slack_only_posts(bot: Bot, method: str, status: int) -> None:
    """Given another method than Slack's, when it arrives, then it is refused."""
    assert bot.send(b"", {}, method=method)[0] == status


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", f"{PATH}?ssl_check=1&token=x", b""), ("POST", PATH, b"token=x&ssl_check=1")],
)
def test_slack_may_look_at_the_certificate(bot: Bot, method: str, path: str, body: bytes) -> None:
    """Given Slack's look at the certificate, which is unsigned, when it arrives, then it is answered and no more."""
    assert bot.send(body, {}, method=method, path=path) == (200, "")
    assert bot.taken == []


def test_a_slow_listener_holds_up_nobody(bot: Bot) -> None:
    """Given listeners that wait, when others ask for the health or send a command, then they are answered meanwhile."""
    held, go_on = threading.Semaphore(0), threading.Event()

    def wait() -> None:
        held.release()
        go_on.wait(30)

    bot.before = wait
    slow = [threading.Thread(target=bot.slack_sends, args=(command(f"{number}.0.x"),)) for number in range(8)]
    for thread in slow:
        thread.start()
    for _ in slow:
        assert held.acquire(timeout=30)
    bot.before = lambda: None

    assert bot.send(b"", {}, method="GET", path="/healthz") == (200, "ok")
    assert bot.slack_sends(mention())[0] == 200
    assert bot.taken == ["Ev1"]
    go_on.set()
    for thread in slow:
        thread.join(30)
    assert len(bot.taken) == 9
