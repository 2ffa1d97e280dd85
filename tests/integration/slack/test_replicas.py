"""Two bots on one Redis and in one workspace, by sockets and by HTTP: nothing is shown twice, and nothing is lost."""

import itertools
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from bot.manifest import PATH, manifest
from sickbay.incidents.database import Database, sqlite_url
from sickbay.jobs.broker import connect, make_broker
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.model import JobState
from sickbay.jobs.queue import Queue
from sickbay.simulator import Workspace
from tests.integration.slack.bots import SECONDS, bot, free_port
from tests.integration.slack.stage import BOT, STEPS, Wire, text
from tests.unit.command_line.reports import CAUSE, report

#: Where people ask: in each place as often as Slack lets a bot answer at once.
PLACES = [("alice", "#ops"), ("bob", "#general"), ("alice", "U0ALICE"), ("bob", "U0BOB")]
EACH = 2


class Pair:
    """Two bots, their workspace, and a worker that takes every job at once."""

    def __init__(self, workspace: Workspace, queue: Queue) -> None:
        self.workspace = workspace
        self.queue = queue

    def jobs(self) -> list[str]:
        """Give the ids of all jobs."""
        names = [name.decode().removeprefix("sickbay:jobs:") for name in self.queue._redis.keys("sickbay:jobs:*")]  # type: ignore[union-attr]  # sync client
        return [name.replace(":", ".", 1) for name in names]

    def work(self) -> None:
        """Do every job that waits."""
        for job in self.jobs():
            record = self.queue.record(job)
            if record and record.state is JobState.QUEUED and self.queue.start(job, steps=STEPS, worker="worker"):
                self.queue.finish(job, report(CAUSE))

    def cards(self) -> list[Wire]:
        """Give what the bots have written, but for answers in threads."""
        return [
            message | {"place": channel}
            for _, channel in PLACES
            for message in self.workspace.messages(channel)
            if message["user"] == BOT
        ]

    def replies(self, card: Wire) -> list[Wire]:
        """Give what the bots have written below a card."""
        return [item for item in self.workspace.messages(card["place"], card["ts"]) if item["ts"] != card["ts"]]

    def complete(self, card: Wire) -> bool:
        """Say whether a card is final, and its answer stands."""
        return "High: db exited" in text(card) and len(self.replies(card)) == 1

    def until(self, condition: Callable[[], object]) -> None:
        """Work until the condition holds."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, text(*self.cards())
            self.work()
            time.sleep(0.02)


def listens(port: int) -> bool:
    """Say whether a bot answers there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Balancer:
    """Hands each request that Slack sends to the next bot, as a load balancer does."""

    def __init__(self) -> None:
        self.ports = [free_port(), free_port()]
        turns = itertools.cycle(self.ports)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                bot = HTTPConnection("127.0.0.1", next(turns), timeout=SECONDS)
                try:
                    bot.request("POST", self.path, body, dict(self.headers))
                    answer = bot.getresponse()
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
                    self.end_headers()
                    self.wfile.write(answer.read())
                except OSError:
                    self.send_error(502)
                finally:
                    bot.close()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is http.server's
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def queue(valkey: EmbeddedValkey, tmp_path: Path) -> Queue:
    """An empty queue with a worker, beside an empty database."""
    client = connect(valkey.url, sender=True)
    client.flushdb()
    queue = Queue(client, make_broker(client))
    queue.beat("default", "worker")
    Database(sqlite_url(tmp_path)).upgrade()
    return queue


def ask_everywhere(pair: Pair) -> None:
    """Ask in all places, each request coming twice, and work until every thread is complete."""
    pair.workspace.faults.duplicates = EACH * len(PLACES)
    with ThreadPoolExecutor() as people:
        asked = [people.submit(pair.workspace.say, user=user, channel=channel, text="/diagnose local")
                 for user, channel in PLACES * EACH]  # fmt: skip
        for said in asked:
            said.result(SECONDS)
    pair.until(lambda: len(pair.cards()) == len(asked) and all(map(pair.complete, pair.cards())))


def assert_once(pair: Pair) -> None:
    """Fail unless each request has one job, and each job one card and one answer, in all that the bots ever posted."""
    assert len(pair.jobs()) == len(pair.cards()) == EACH * len(PLACES)
    posted = [entry for entry in pair.workspace.log() if entry["name"] == "chat.postMessage"]
    assert len(posted) == 2 * EACH * len(PLACES)


def test_by_sockets(valkey: EmbeddedValkey, queue: Queue, tmp_path: Path) -> None:
    """Given two bots with a socket each, when each request comes to both, then each is answered once."""
    with Workspace(manifest=manifest()) as workspace:
        pair = Pair(workspace, queue)
        with bot(valkey, workspace, tmp_path, None), bot(valkey, workspace, tmp_path, None):
            pair.until(lambda: len(workspace._sockets._sockets) == 2)
            ask_everywhere(pair)
        assert_once(pair)


def test_over_http(valkey: EmbeddedValkey, queue: Queue, tmp_path: Path) -> None:
    """Given two bots behind a load balancer, when each request comes to both, then each is answered once."""
    with Balancer() as balancer:
        address = balancer.url
        with Workspace(manifest=manifest(address), request_url=address + PATH) as workspace:
            pair = Pair(workspace, queue)
            first, second = (bot(valkey, workspace, tmp_path, port) for port in balancer.ports)
            with first, second:
                pair.until(lambda: workspace.connected and all(map(listens, balancer.ports)))
                ask_everywhere(pair)
            assert_once(pair)
