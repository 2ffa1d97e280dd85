"""How quickly alerts are stored and answered: a real bot, killed with -9 midway, and senders that try again.

1,000 alerts a minute, one a request, of five outages whose cards stand already, from senders that each keep a
connection: from the request sent to its answer received. What piled up while the bot was away, and is sent all at once
when it is back, is told apart. Afterwards each alert is looked for in the database.
"""

import argparse
import http.client
import json
import os
import secrets
import signal
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil
from sqlalchemy import func, select

from bench.figures import tell
from bot.command_line.supervision import Supervisor, sickbay
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.tables import ALERTS
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.simulator import Workspace

#: Parts of the target that are out of order: each makes one incident.
OUTAGES = 5
#: Seconds after which a sender is behind: all of them were waiting for the bot.
LATE = 0.25
SETTINGS = """
targets: {{nowhere: {{platform: docker, host: 'unix:///nowhere/docker.sock'}}}}
http: {{port: {port}}}
data_directory: {directory}
alerts:
  senders: [generic]
  targets: [{{target: nowhere, scope: "{{namespace}}/{{pod}}"}}]
  incidents: [{{severity: sev2, channel: C0OPS}}]
"""


@contextmanager
def product(database_url: str) -> Iterator[tuple[int, str, Database]]:
    """Run the bot as a process, as `sickbay up` does; give its port, the sender's token and the database."""
    with tempfile.TemporaryDirectory(prefix="sickbay-") as directory, Workspace() as workspace:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        settings, token = Path(directory, "sickbay.yaml"), secrets.token_hex(16)
        settings.write_text(SETTINGS.format(port=port, directory=directory))
        with EmbeddedValkey(Path(directory)) as valkey:
            environment = {
                "REDIS_URL": valkey.url,
                "SLACK_BOT_TOKEN": workspace.bot_token,
                "SLACK_APP_TOKEN": workspace.app_token,
                "SLACK_API_URL": workspace.api_url,
                "ALERTS_GENERIC_TOKEN": token,
                "AUDIT_KEY": secrets.token_hex(32),
                "DATABASE_URL": database_url,
            }
            bot = sickbay("bot", "--config", str(settings), environment=environment)
            with Supervisor([bot], threading.Event()):
                _await(workspace)
                yield port, token, Database(database_url or sqlite_url(Path(directory)))


def _await(workspace: Workspace) -> None:
    deadline = time.monotonic() + 60
    while not workspace.connected:
        if time.monotonic() > deadline:
            raise SystemExit("the bot did not connect within 60 s")
        time.sleep(0.1)


def _shown(incidents: Incidents) -> None:
    """Wait until the cards of the outages stand in Slack."""
    deadline = time.monotonic() + 60
    while incidents.unshown():
        if time.monotonic() > deadline:
            raise SystemExit("the incidents were not shown within 60 s")
        time.sleep(0.1)


class Sent(NamedTuple):
    """One alert: the milliseconds of the attempt that was answered, the attempts, whether it was sent in its time."""

    milliseconds: float
    attempts: int
    in_time: bool


class Sender(threading.local):
    """Sends alerts on a connection of its thread's own, until each is answered."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self._connection: http.client.HTTPConnection | None = None

    def send(self, number: int, at: float) -> Sent:
        """Send an alert at that time, again and again until it is answered."""
        time.sleep(max(0.0, at - time.perf_counter()))
        late = time.perf_counter() - at > LATE
        alert = {
            "id": str(number),
            "status": "firing",
            "title": f"Pod {number} restarts all the time",
            "labels": {"namespace": f"shop-{number % OUTAGES}", "pod": f"web-{number}", "severity": "critical"},
        }
        body, attempts = json.dumps({"alerts": [alert]}), 0
        while True:
            attempts += 1
            begin = time.perf_counter()
            if self._post(body) == 200:
                return Sent((time.perf_counter() - begin) * 1000, attempts, in_time=attempts == 1 and not late)
            time.sleep(0.5)

    def _post(self, body: str) -> int:
        try:
            self._connection = self._connection or http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            self._connection.request("POST", "/alerts/generic", body, {"Authorization": f"Bearer {self._token}"})
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._connection = None
            return 0
        return answer.status


def kill_bot() -> None:
    """Kill the bot as a machine out of memory does."""
    (bot,) = (child for child in psutil.Process().children() if child.cmdline()[4:5] == ["bot"])
    os.kill(bot.pid, signal.SIGKILL)


def measure(database_url: str, *, seconds: float, per_minute: float) -> dict[str, float]:
    """Send alerts at a steady rate, kill the bot midway, and see that none is lost."""
    count = int(seconds * per_minute / 60)
    with product(database_url) as (port, token, database):
        sender = Sender(port, token)
        for number in range(-OUTAGES, 0):
            sender.send(number, 0.0)
        _shown(Incidents(database))
        begin = time.perf_counter()
        killing = threading.Timer(seconds / 2, kill_bot)
        killing.start()
        with ThreadPoolExecutor(32) as threads:
            sent = list(threads.map(lambda number: sender.send(number, begin + number * 60 / per_minute), range(count)))
        killing.join()
        with database.read() as connection:
            kept = set(connection.execute(select(ALERTS.c.fingerprint)).scalars())
            rows = connection.execute(select(func.count()).select_from(ALERTS)).scalar_one()
        incidents = len(Incidents(database).listed(only_open=False, limit=10_000))
        database.close()
    wanted = {str(number) for number in range(count)}
    hundredths = statistics.quantiles([one.milliseconds for one in sent if one.in_time], n=100, method="inclusive")
    return {
        "alerts": count,
        "alerts_a_minute": per_minute,
        "p50_ms": round(hundredths[49], 1),
        "p99_ms": round(hundredths[98], 1),
        "sent_again": sum(one.attempts > 1 for one in sent),
        "piled_up": sum(not one.in_time for one in sent),
        "piled_up_max_ms": round(max((one.milliseconds for one in sent if not one.in_time), default=0.0), 1),
        "lost": len(wanted - kept),
        "doubled": rows - len(kept),
        "incidents": incidents,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--full", action="store_true", help="for ten minutes")
    parser.add_argument("--rate", type=float, default=1000.0, help="alerts a minute")
    parser.add_argument("--database", default="", help="the address of a PostgreSQL; without it, SQLite")
    arguments = parser.parse_args()
    figures = measure(arguments.database, seconds=600 if arguments.full else 30, per_minute=arguments.rate)
    tell(figures, as_json=arguments.json)
    if figures["lost"] or figures["doubled"]:
        raise SystemExit("alerts were lost or stored twice")


if __name__ == "__main__":
    main()
