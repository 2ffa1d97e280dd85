"""Where alerts arrive, over real HTTP: stored before they are answered, and closed to all but configured senders."""

import http.client
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from bot.alerts import AlertEndpoint
from bot.http import MOST_BYTES
from sickbay.health import HealthServer
from sickbay.incidents.alerts.intake import Alerts
from sickbay.incidents.alerts.model import Alert
from sickbay.incidents.alerts.rules import AlertSettings, SenderName
from sickbay.incidents.alerts.senders import senders_of
from sickbay.incidents.database import Database, DatabaseUnavailableError, sqlite_url
from sickbay.incidents.incidents import Incidents
from tests.unit.incidents.alert_payloads import NOW, alertmanager, generic, pagerduty, prometheus_alert

SECRET = "of-the-sender-0123456789"
BEARER = {"Authorization": f"Bearer {SECRET}"}
PATH = "/alerts/alertmanager"
SETTINGS = AlertSettings.model_validate(
    {
        "senders": ["alertmanager", "generic", "pagerduty"],
        "incidents": [{"match": {"severity": "critical"}, "severity": "sev2", "channel": "C0OPS"}],
    }
)
Answer = tuple[int, str]


class Bot:
    """A bot that takes alerts, and what it stored."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.stored: list[Alert] = []
        self.seconds = 0.0
        self.before: Callable[[], object] = lambda: None

    def store(self, alerts: Sequence[Alert]) -> None:
        self.before()
        self.stored.extend(alerts)

    def send(
        self, body: bytes = b"", headers: Mapping[str, str] = BEARER, *, method: str = "POST", path: str = PATH
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or alertmanager(), dict(headers))
            answer = connection.getresponse()
            self.retry_after = answer.getheader("Retry-After")
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@pytest.fixture
def bot() -> Iterator[Bot]:
    bot = Bot()
    senders = senders_of(SETTINGS, dict.fromkeys(SenderName, SECRET))
    endpoint = AlertEndpoint(senders, bot.store, clock=lambda: NOW, monotonic=lambda: bot.seconds)
    with HealthServer("127.0.0.1", bot.port, lambda: "", endpoint.routes):
        yield bot
    endpoint.close()


def test_an_alert_is_stored_before_it_is_answered(bot: Bot) -> None:
    """Given an alert of Alertmanager, when it is sent, then it is stored and answered."""
    assert bot.send() == (200, "Alerts taken: 1")
    assert len(bot.stored) == 1


@pytest.mark.parametrize("path", ["/alerts", "/alerts/", "/alerts/grafana", "/alerts/sns", "/alerts/alertmanager/x"])
def test_who_is_not_configured_is_not_there(bot: Bot, path: str) -> None:
    """Given a sender that the configuration does not name, when it sends, then there is nothing, whatever it proves."""
    assert bot.send(path=path)[0] == 404
    assert bot.stored == []


def test_alerts_are_only_sent(bot: Bot) -> None:
    """Given a request that fetches, when it comes, then it is refused."""
    assert bot.send(method="GET")[0] == 405


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PATH, {}),
        (PATH, {"Authorization": "Bearer wrong"}),
        (f"{PATH}?token={SECRET}", {}),
        ("/alerts/pagerduty", BEARER),
        ("/alerts/pagerduty", {"X-PagerDuty-Signature": f"v1={'0' * 64}"}),
    ],
)
def test_who_proves_nothing_is_refused(bot: Bot, path: str, headers: dict[str, str]) -> None:
    """Given no proof or a wrong one, when alerts are sent, then they are refused, and nothing is said of them."""
    assert bot.send(pagerduty(), headers, path=path) == (401, "Not from this sender.")
    assert bot.stored == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"alert!", "It is not JSON."),
        (
            b'{"alerts": [{"status": "firing"}], "x": ' + b"[" * 300_000 + b"]" * 300_000 + b"}",
            "It is nested too deeply.",
        ),
        (b'{"groupKey": "\xff"}', "It is not UTF-8."),
        (b"{}", "It is not as this sender writes it: Object missing required field `alerts`."),
    ],
)
def test_what_is_no_alert_is_told(bot: Bot, body: bytes, told: str) -> None:
    """Given what no sender writes, when it is sent, then the sender is told what is wrong."""
    assert bot.send(body) == (400, told)


def test_of_strangers_no_body_is_read(bot: Bot) -> None:
    """Given a stranger who announces a body and sends none of it, when the headers are there, then they are refused."""
    with socket.create_connection(("127.0.0.1", bot.port), timeout=30) as connection:
        connection.sendall(f"POST {PATH} HTTP/1.1\r\nHost: bot\r\nContent-Length: 999999\r\n\r\n".encode())
        answer = connection.recv(100)

    assert answer.startswith(b"HTTP/1.1 401")


def test_what_is_too_large_is_refused(bot: Bot) -> None:
    """Given more than a megabyte, when it is sent, then it is refused; a megabyte is taken."""
    most = alertmanager(prometheus_alert(annotations={"summary": "x"}))
    padded = most[:-1] + b" " * (MOST_BYTES - len(most)) + most[-1:]

    assert bot.send(padded)[0] == 200
    assert bot.send(padded + b" ") == (413, "too large")


def test_a_database_that_is_down_is_tried_again(bot: Bot) -> None:
    """Given a database that is down, when an alert is sent, then its sender is to try again, and is told no more."""

    def down() -> None:
        raise DatabaseUnavailableError("PostgreSQL database sickbay at db.example.com cannot be used")

    bot.before = down
    assert bot.send() == (503, "Not now. Try again.")
    assert bot.retry_after == "5"

    bot.before = lambda: None
    assert bot.send()[0] == 200


def test_one_address_may_not_flood(bot: Bot) -> None:
    """Given more requests at once than an address may send, when one more comes, then it has to wait; not for long."""
    answers = [bot.send(headers={})[0] for _ in range(201)]
    assert answers == [401] * 200 + [429]
    assert bot.retry_after == "5"

    bot.seconds += 1
    assert bot.send()[0] == 200


def test_no_more_wait_than_can_be_served(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a database that hangs, when more requests wait than may, then one more is told to try again."""
    monkeypatch.setattr("bot.alerts._WAITING", 2)
    release = threading.Event()
    arrived = threading.Barrier(3)

    def hang() -> None:
        arrived.wait(30)
        release.wait(30)

    bot.before = hang
    answers: list[int] = []
    waiting = [threading.Thread(target=lambda: answers.append(bot.send()[0])) for _ in range(2)]
    for thread in waiting:
        thread.start()
    arrived.wait(30)

    assert bot.send() == (503, "Too many requests wait for the database.")

    release.set()
    for thread in waiting:
        thread.join()
    assert answers == [200, 200]


def test_what_is_not_stored_in_time_is_tried_again(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a database that hangs, when an alert waits for too long, then its sender is to try again."""
    monkeypatch.setattr("bot.alerts._PATIENCE", 0.05)
    release = threading.Event()
    bot.before = lambda: release.wait(30)

    assert bot.send() == (503, "Not in time. Try again.")
    release.set()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_an_alert_that_is_sent_with_curl_opens_an_incident(tmp_path: Path) -> None:
    """Given a bot and its database, when a payload is sent with curl, then the incident is open when curl ends."""
    database = Database(sqlite_url(tmp_path))
    database.upgrade()
    bot = Bot()
    senders = senders_of(SETTINGS, dict.fromkeys(SenderName, SECRET))
    endpoint = AlertEndpoint(senders, Alerts(database, SETTINGS, {}).take)
    labels = {"severity": "critical"}
    with HealthServer("127.0.0.1", bot.port, lambda: "", endpoint.routes):
        done = subprocess.run(
            [
                "curl", "--silent", "--fail-with-body", "--header", f"Authorization: Bearer {SECRET}",
                "--data-binary", "@-", f"http://127.0.0.1:{bot.port}/alerts/generic",
            ],
            input=generic(labels=labels), stdout=subprocess.PIPE, check=True, timeout=30,
        )  # fmt: skip
    endpoint.close()

    assert done.stdout == b"Alerts taken: 1"
    (incident,) = Incidents(database).listed()
    assert (incident.title, incident.opened_by) == ("Disk of node-7 is full", "generic")
    database.close()
