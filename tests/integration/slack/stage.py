"""The stage that the tests play on: people type and click, the worker is the test itself, and time is moved by hand."""

import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import redis
from slack_bolt.adapter.socket_mode import SocketModeHandler
from sqlalchemy import delete

from bot.app import Team, create_app
from bot.command_line.rendering.messages import thread_as_text
from bot.delivery import Delivery
from bot.linting import Linting, lint
from bot.manifest import manifest
from bot.process import hang_up
from bot.remembering import Remembering
from bot.seen import Seen
from bot.slack import Slack, web_client
from handlers.shortcuts.lint import LINT
from sickbay.diagnostics.errors import TemporaryError
from sickbay.diagnostics.model import Evidence, Report
from sickbay.diagnostics.targets import Target
from sickbay.incidents.audit import Audit
from sickbay.incidents.database import Database, sqlite_url
from sickbay.incidents.policy import Action, Policy, Rule
from sickbay.incidents.tables import (
    ALERTS,
    DIAGNOSES,
    INCIDENTS,
    MARKS,
    MUTES,
    OUTBOX,
    REPORT_RUNS,
    SCHEDULES,
    TIMELINE,
)
from sickbay.jobs.broker import make_broker
from sickbay.jobs.model import JobRecord
from sickbay.jobs.queue import Queue
from sickbay.simulator import Workspace
from tests.unit.command_line.reports import AT, finding, report

Wire = dict[str, Any]

TARGETS: Mapping[str, Target] = {
    "local": Target(name="local", platform="docker"),
    "prod": Target(name="prod", platform="docker", zone="eu"),
    "guarded": Target(name="guarded", platform="docker"),
}
#: Everybody may mute in #ops; nobody but Alice may do anything with `guarded`, and only there.
POLICY = (
    Rule(name="muting", do=(Action.MUTE,), on=("local", "prod"), channels=("C0OPS",)),
    Rule(name="on call", do=(Action.DIAGNOSE, Action.LOGS), on=("guarded",), users=("U0ALICE",), channels=("C0OPS",)),
    Rule(name="incidents", do=(Action.INCIDENT,), users=("U0ALICE", "U0BOB")),
    Rule(name="reports", do=(Action.REPORT,), users=("U0ALICE",)),
)
STEPS = ("Connecting", "Reading", "Judging")
BOT = "U0SICKBAY"
LOG = "\n".join(f"line {number:04}" for number in range(500))
#: One of each: a card, a reply with findings, a file.
FULL = report(finding(evidence=(Evidence(source="GET /containers/db/logs", value=LOG, at=AT),)))
#: How often one `deliver` may be told to come back later; more would be a loop that never ends.
_MOST_TRIES = 60


class Stage:
    """The Slack side, whole but for its deliverers' threads: `deliver` does their work, with the time that it takes."""

    def __init__(self, client: redis.Redis, directory: Path) -> None:
        self.redis = client
        self.seconds = 0.0
        self._stopped_at: float | None = None
        self._before = 0
        self.workspace = Workspace(manifest=manifest())
        self.queue = Queue(client, make_broker(client))
        self.slack = Slack(web_client(self.workspace.bot_token, self.workspace.api_url))
        self.database = Database(sqlite_url(directory))
        self.database.upgrade()
        self.delivery = Delivery(self.queue, client, self.slack, note=Remembering(self.database).note, clock=self.clock)
        self.groups: dict[str, frozenset[str]] = {}
        self.team = Team(
            policy=Policy(POLICY),
            groups_of=lambda user: self.groups.get(user, frozenset()),
            database=self.database,
            audit=Audit(self.database, b"k" * 32),
            wake=lambda: None,
        )

    def __enter__(self) -> Self:
        """Open the workspace and connect the bot."""
        self.workspace.start()
        web = web_client(self.workspace.bot_token, self.workspace.api_url)
        self.app = create_app(web, self.queue, Seen(self.redis), TARGETS, self.team, budget_s=60)
        self.socket = SocketModeHandler(self.app, self.workspace.app_token, concurrency=4)
        self.socket.connect()  # type: ignore[no-untyped-call]  # the handler carries no types here
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End both."""
        hang_up(self.socket)
        self.workspace.stop()
        self.database.close()

    def clear(self) -> None:
        """Forget all that happened, with a worker in zone `default` and the bot in every channel but one."""
        self.seconds = 0.0
        self._stopped_at = None
        self._before = max((entry["id"] for entry in self.workspace.log()), default=0)
        self.redis.flushdb()
        with self.database.begin() as connection:
            for table in (ALERTS, DIAGNOSES, MUTES, INCIDENTS, TIMELINE, MARKS, OUTBOX, SCHEDULES, REPORT_RUNS):
                connection.execute(delete(table))
        self.queue.beat("default", "worker")
        # A bot on a busy machine is not late, unless a test wants it to be.
        self.workspace.faults.expect_acks_within(20)
        store = self.workspace.store
        store.ephemerals.clear()
        for channel in store.channels.values():
            store.messages[channel["id"]].clear()
        outside = store.channel("#random-without-bot")["members"]
        if BOT in outside:
            outside.remove(BOT)

    def clock(self) -> float:
        """Give the time: the real one, until it was stopped, and the seconds that the test has let pass."""
        return (self._stopped_at or time.time()) + self.seconds

    def stop_clock(self) -> None:
        """Let no time pass from now on but what the test lets pass: the machine may be slow."""
        self._stopped_at = time.time()

    def say(
        self,
        text: str,
        *,
        user: str = "alice",
        channel: str = "#ops",
        thread: str | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> str:
        """Type, and wait until the bot has acknowledged what it was told; gives the message's ts."""
        before = len(self.envelopes())
        ts = self.workspace.say(user=user, channel=channel, text=text, thread_ts=thread, files=files)
        self.workspace.wait_for(lambda _now: self._settled(before), timeout=30)
        return ts

    def click(self, action_id: str, ts: str, *, user: str = "alice", channel: str = "#ops") -> None:
        """Click a button, and wait until the bot has acknowledged."""
        assert self.workspace.click(user=user, channel=channel, ts=ts, action_id=action_id)

    def shortcut(self, ts: str, *, user: str = "alice", channel: str = "#ops") -> None:
        """Choose 'Lint this' in a message's menu, and wait until the bot has acknowledged."""
        assert self.workspace.shortcut(user=user, callback_id=LINT, channel=channel, ts=ts)

    def envelopes(self) -> list[Wire]:
        """Give what the bot was told."""
        return [entry for entry in self.log() if entry["kind"] == "envelope"]

    def calls(self, method: str) -> list[Wire]:
        """Give the bot's calls of a method of the Web API that Slack answered."""
        return [entry for entry in self.log() if entry["name"] == method and entry["verdict"] == "ok"]

    def jobs(self) -> list[JobRecord]:
        """Give all jobs, oldest first."""
        names = [name.decode().removeprefix("sickbay:jobs:") for name in self.redis.keys("sickbay:jobs:*")]  # type: ignore[union-attr]  # sync client
        records = [record for name in names if (record := self.queue.record(name.replace(":", ".", 1)))]
        return sorted(records, key=lambda record: record.job.submitted_at)

    def job(self) -> str:
        """Give the id of the only job."""
        (record,) = self.jobs()
        return record.job.id

    def deliver(self, job_id: str) -> float:
        """Sync until it has nothing more to do; gives the seconds that the deliverers waited meanwhile."""
        waited = 0.0
        for _ in range(_MOST_TRIES):
            try:
                self.delivery.sync(job_id)
            except TemporaryError as error:
                waited += error.delay
                self.seconds += error.delay + 0.01
            else:
                return waited
        raise AssertionError(f"{job_id} was never delivered")

    def work(self, job_id: str) -> None:
        """Take the job as a worker does."""
        assert self.queue.start(job_id, steps=STEPS, worker="worker")
        self.queue.step(job_id, STEPS[0])

    def lint(self, job_id: str) -> JobRecord:
        """Do the whole job as the bot's own threads do, and deliver its end."""
        Linting(self.queue, {}, worker="bot", longest_budget_s=60, diagnose=partial(lint, self.slack)).run(job_id)
        self.deliver(job_id)
        record = self.queue.record(job_id)
        assert record
        return record

    def answer(self, job_id: str, report: Report) -> None:
        """Do the whole job, and deliver its end."""
        self.work(job_id)
        self.queue.finish(job_id, report)
        self.deliver(job_id)

    def messages(self, channel: str = "#ops", thread: str | None = None) -> list[Wire]:
        """Give what the bot has written in a channel, or below a message."""
        return [
            item for item in self.workspace.messages(channel, thread) if item["user"] == BOT and item["ts"] != thread
        ]

    def root(self, channel: str = "#ops") -> Wire:
        """Give the only card in a channel."""
        (card,) = self.messages(channel)
        return card

    def replies(self, channel: str = "#ops") -> list[Wire]:
        """Give what stands below the only card."""
        return self.messages(channel, self.root(channel)["ts"])

    def told(self, user: str = "alice") -> list[str]:
        """Give what only this person was told."""
        return [message["text"] for message in self.workspace.ephemerals(user)]

    def log(self) -> list[Wire]:
        """Give what the workspace and the bot said to each other in this test."""
        return [entry for entry in self.workspace.log() if entry["id"] > self._before]

    def _settled(self, before: int) -> bool:
        new = self.envelopes()[before:]
        return bool(new) and all(entry["verdict"] != "pending" for entry in new)


def text(*messages: Wire) -> str:
    """Give messages as a reader sees them."""
    return thread_as_text(list(messages))


def asked(stage: Stage) -> str:
    """Type the command, and give its job."""
    stage.say("/diagnose local")
    return stage.job()


def assert_whole(stage: Stage) -> None:
    """Fail unless the channel shows exactly one final card, with its findings and its file below, in that order."""
    assert "High: db exited with code 3." in text(stage.root())
    findings, file = stage.replies()
    assert "DKR-C101" in text(findings)
    assert [item["name"] for item in file["files"]] == ["db.log"]
