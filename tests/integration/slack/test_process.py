"""The bot's process whole: socket or HTTP, deliverers and sweep in their threads, with a worker played by hand."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from bot.manifest import PATH, manifest
from handlers.blocks.offers import CANCEL
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import IncidentSeverity, Opening
from sickbay.jobs.broker import connect, make_broker
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.queue import Queue
from sickbay.simulator import Workspace
from tests.integration.slack.bots import SECONDS, bot, free_port
from tests.integration.slack.stage import BOT, STEPS, Wire, text
from tests.unit.command_line.reports import CAUSE, report


class Running:
    """A running bot and its workspace."""

    def __init__(self, workspace: Workspace, queue: Queue) -> None:
        self.workspace = workspace
        self.queue = queue

    def ask(self, command: str) -> str:
        """Type a command, and give the job's id once its card stands."""
        before = set(self._jobs())
        self.workspace.say(user="alice", channel="#ops", text=command)
        self.until(lambda: set(self._jobs()) - before)
        (job,) = set(self._jobs()) - before
        return job

    def connected(self) -> bool:
        """Ask for help, and say whether it came."""
        self.workspace.say(user="bob", channel="#general", text="/diagnose help")
        time.sleep(0.1)
        return bool(self.workspace.ephemerals("bob"))

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for the condition."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, text(*self.workspace.messages("#ops"))
            time.sleep(0.02)

    def shows(self, words: str) -> bool:
        """Say whether a card in the channel says so."""
        return any(words in text(card) for card in self.cards())

    def cards(self) -> list[Wire]:
        """Give what stands in the channel."""
        return self.workspace.messages("#ops")

    def _jobs(self) -> list[str]:
        names = [name.decode().removeprefix("sickbay:jobs:") for name in self.queue._redis.keys("sickbay:jobs:*")]  # type: ignore[union-attr]  # sync client
        return [name.replace(":", ".", 1) for name in names]


BOTH_MODES = pytest.mark.parametrize("running", ["socket", "http"], indirect=True)


@pytest.fixture
def running(request: pytest.FixtureRequest, valkey: EmbeddedValkey, tmp_path: Path) -> Iterator[Running]:
    """Run the bot in a thread, as `sickbay bot` does in its process: by a socket, unless a test wants HTTP."""
    client = connect(valkey.url, sender=True)
    client.flushdb()
    queue = Queue(client, make_broker(client))
    queue.beat("default", "worker")
    Database(sqlite_url(tmp_path)).upgrade()
    port = free_port() if getattr(request, "param", "socket") == "http" else None
    address = f"http://127.0.0.1:{port}" if port else None
    with (
        Workspace(manifest=manifest(address), request_url=address and address + PATH) as workspace,
        bot(valkey, workspace, tmp_path, port),
    ):
        running = Running(workspace, queue)
        running.until(running.connected)
        yield running


@BOTH_MODES
def test_a_diagnosis_through_the_whole_process(running: Running) -> None:
    """Given Slack ill at the first post and the last edit, when a job runs to its end, then its thread is complete."""
    running.workspace.faults.fail_next("chat.postMessage", status=500)
    running.workspace.faults.fail_next("chat.update", status=429, retry_after=1)
    job = running.ask("/diagnose local")
    running.until(lambda: running.shows("Queued"))

    assert running.queue.start(job, steps=STEPS, worker="worker")
    running.queue.step(job, STEPS[1])
    running.until(lambda: running.shows(":hourglass_flowing_sand: Reading"))
    running.queue.finish(job, report(CAUSE))
    running.until(lambda: running.shows("High: db exited with code 3."))

    (card,) = running.cards()
    running.until(lambda: len(running.workspace.messages("#ops", card["ts"])) == 2)
    assert "DKR-C101" in text(running.workspace.messages("#ops", card["ts"])[1])


@BOTH_MODES
def test_mentions_and_clicks_reach_the_bot(running: Running) -> None:
    """Given a bot in either mode, when it is mentioned and its button is clicked, then both are acted upon."""
    running.workspace.say(user="alice", channel="#ops", text="@sickbay diagnose local")
    running.until(lambda: running.shows("Queued"))
    (card,) = (item for item in running.cards() if item["user"] == BOT)

    assert running.workspace.click(user="alice", channel="#ops", ts=card["ts"], action_id=CANCEL)
    running.until(lambda: running.shows("Cancelled"))


def test_a_lint_through_the_whole_process(running: Running) -> None:
    """Given no worker at all, when a file is sent with the word lint, then the bot itself answers in its thread."""
    root = running.workspace.say(
        user="alice", channel="#ops", text="@sickbay lint", files={"Dockerfile": b"FROM debian:jessie\n"}
    )

    running.until(lambda: len(running.workspace.messages("#ops", root)) == 3)
    running.until(lambda: "[Run again]" in text(*running.workspace.messages("#ops", root)))

    assert "Dockerfile:1" in text(*running.workspace.messages("#ops", root))


def test_the_sweep_ends_what_nobody_took(running: Running) -> None:
    """Given a zone without a worker, when the job's time is up, then its thread says so, and the bot goes on."""
    job = running.ask("/diagnose prod")
    running.until(lambda: running.shows("No worker serves zone eu right now"))

    running.queue._redis.zadd("sickbay:deadlines", {job: 1.0})
    running.until(lambda: running.shows("No answer: No worker serves zone eu."))

    running.ask("/diagnose local")
    running.until(lambda: len(running.cards()) == 2)


def test_an_unreadable_record_stops_no_other(running: Running) -> None:
    """Given junk where a job should be, when its time is up, then other jobs are still swept."""
    running.queue._redis.hset("sickbay:jobs:eu:junk", mapping={"job": b"{", "state": b"queued"})
    running.queue._redis.zadd("sickbay:deadlines", {"eu.junk": 1.0})
    running.workspace.say(user="alice", channel="#ops", text="/diagnose prod")
    running.until(lambda: running.shows("No worker serves zone eu right now"))

    (job,) = (item for item in running._jobs() if item != "eu.junk")
    running.queue._redis.zadd("sickbay:deadlines", {job: 1.0})

    running.until(lambda: running.shows("No answer: No worker serves zone eu."))


def test_calls_are_counted_by_method_and_verdict(running: Running) -> None:
    """Given a post that Slack refuses once, when it stands, then both calls are counted."""

    def counted(verdict: str) -> float:
        labels = {"method": "chat.postMessage", "verdict": verdict}
        return REGISTRY.get_sample_value("sickbay_slack_calls_total", labels) or 0.0

    before = counted("ok"), counted("ratelimited")
    running.workspace.faults.fail_next("chat.postMessage", status=429)
    running.ask("/diagnose local")
    running.until(running.cards)
    running.until(lambda: (counted("ok"), counted("ratelimited")) == (before[0] + 1, before[1] + 1))


def test_an_incident_is_shown_and_diagnosed(running: Running, tmp_path: Path) -> None:
    """Given a bot that runs, when an incident is in its database, then its card stands, with a diagnosis below it."""
    database = Database(sqlite_url(tmp_path))
    opening = Opening(
        request_id="1.2.a", title="checkout answers 5xx", severity=IncidentSeverity.SEV2, by="U0ALICE",
        channel="C0OPS", target="local",
    )  # fmt: skip

    Incidents(database).open(opening)

    running.until(lambda: running.shows("SEV2 · INC-1 · checkout answers 5xx"))
    running.until(lambda: len(running.workspace.messages("#ops", running.cards()[0]["ts"])) == 2)
    database.close()
