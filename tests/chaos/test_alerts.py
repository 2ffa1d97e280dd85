"""A bot that is killed while alerts arrive loses none: what it answered is stored, what it did not is sent again."""

import http.client
import json
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from sickbay.incidents.alerts.model import Alert
from sickbay.incidents.alerts.rules import AlertSettings, SenderName
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import EntryKind
from sickbay.incidents.tables import ALERTS
from sickbay.incidents.timeline import Timeline
from tests.chaos.house import eventually
from tests.integration.database.servers import postgres

_PROCESSES = multiprocessing.get_context("forkserver")
SECRET = "of-the-sender-0123456789"
SETTINGS = AlertSettings.model_validate(
    {"senders": ["generic"], "incidents": [{"severity": "sev2", "channel": "C0OPS"}]}
)
#: Senders, and alerts of each.
SENDERS, EACH = 4, 8


def take(url: str, port: int, killed_at: int) -> None:
    """Be a bot that takes alerts, until it is killed: by itself, between storing and answering, at so many."""
    from bot.alerts import AlertEndpoint
    from sickbay.health import HealthServer
    from sickbay.incidents.alerts.intake import Alerts
    from sickbay.incidents.alerts.senders import senders_of

    stored = iter(range(1, 1_000_000))

    kept = Alerts(Database(url), SETTINGS, {})

    def store(alerts: Sequence[Alert]) -> None:
        kept.take(alerts)
        if next(stored) == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    endpoint = AlertEndpoint(senders_of(SETTINGS, {SenderName.GENERIC: SECRET}), store)
    with HealthServer("127.0.0.1", port, lambda: "", endpoint.routes):
        threading.Event().wait()


@contextmanager
def bot(url: str, port: int, killed_at: int = 0) -> Iterator[ForkServerProcess]:
    process = _PROCESSES.Process(target=take, args=(url, port, killed_at), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def send(port: int, name: str) -> bool:
    """Send an alert; gives whether it was answered with 200."""
    body = {"alerts": [{"id": name, "status": "firing", "title": name, "group": "outage"}]}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/alerts/generic", json.dumps(body), {"Authorization": f"Bearer {SECRET}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgres() as server:
        yield server.database()


def test_a_bot_that_is_killed_loses_no_alert(url: str) -> None:
    """Given senders that try again, when the bot is killed before it answers, then each alert is there once."""
    database = Database(url)
    database.upgrade()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    names = [[f"{sender}.{number}" for number in range(EACH)] for sender in range(SENDERS)]
    answered: list[str] = []

    def send_all(mine: list[str]) -> None:
        for name in mine:
            with suppress(AssertionError):
                eventually(lambda name=name: send(port, name))  # type: ignore[misc]  # bound at once
                answered.append(name)

    senders = [threading.Thread(target=send_all, args=(mine,)) for mine in names]
    with bot(url, port, killed_at=10) as first:
        for sender in senders:
            sender.start()
        first.join(60)
        assert first.exitcode == -signal.SIGKILL
        before = sorted(answered)
        with database.read() as connection:
            assert set(connection.execute(select(ALERTS.c.fingerprint)).scalars()) >= set(before)
    with bot(url, port):
        for sender in senders:
            sender.join(120)

    everything = sorted(name for mine in names for name in mine)
    assert sorted(answered) == everything
    with database.read() as connection:
        rows = connection.execute(select(ALERTS.c.fingerprint, ALERTS.c.times)).all()
    assert sorted(row.fingerprint for row in rows) == everything
    # What was stored and not answered was sent again, and is still one.
    assert sum(row.times for row in rows) > len(everything)
    (incident,) = Incidents(database).listed(only_open=False)
    assert len(Timeline(database).entries(incident.number, kinds=[EntryKind.ALERT])) == len(everything)
    database.close()
