"""Logs that were asked for, in their thread: a line that is edited, a file for each, and nothing twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.shown import Memory, Shown
from bot.slack import Slack
from handlers.blocks.message import Snippet
from sickbay.diagnostics.model import Log
from sickbay.diagnostics.targets import Request
from sickbay.jobs.model import Destination, Job
from sickbay.jobs.queue import job_id
from tests.integration.slack.stage import Stage, text
from tests.integration.slack.test_seen_once import KilledError, once

Wire = dict[str, Any]
LOGS = (Log(name="web-1", text="ready\n"), Log(name="web-2", text="waiting\n"))


def asked(stage: Stage, name: str = "one", *, thread: str | None = None, zone: str = "default") -> str:
    """Ask for the log of `web`, as the desk does; gives the job."""
    now = datetime.now(UTC)
    job = Job(
        id=job_id(zone, "C", name),
        target="local",
        platform="docker",
        zone=zone,
        request=Request(scope="web", logs=True),
        asked_by="U0ALICE",
        destination=Destination(channel=stage.workspace.store.channel("#ops")["id"], thread_ts=thread),
        submitted_at=now,
        deadline_at=now + timedelta(seconds=180),
        budget_s=60,
    )
    stage.queue.submit(job)
    return job.id


def read(stage: Stage, job: str, *logs: Log) -> None:
    """Read the logs as a worker does, and deliver them."""
    stage.work(job)
    stage.queue.finish_logs(job, logs or LOGS)
    stage.deliver(job)


def below(stage: Stage, thread: str) -> tuple[list[str], list[str]]:
    """Give what the bot says in a thread, and the names of its files, in their order."""
    messages = stage.messages(thread=thread)
    said = [text(message) for message in messages if not message.get("files")]
    return said, [file["name"] for message in messages for file in message.get("files", ())]


def test_the_line_is_edited_and_the_files_follow(stage: Stage) -> None:
    """Given a log that is asked for in a thread, when it was read, then its line says so, and the files stand there."""
    thread = stage.workspace.say(user="alice", channel="#ops", text="web is slow")
    job = asked(stage, thread=thread)
    stage.deliver(job)
    (line,) = stage.messages(thread=thread)
    assert "Reading the log of web, asked by @U0ALICE" in text(line)

    read(stage, job)

    said, files = below(stage, thread)
    assert len(said) == 1
    assert "The logs of web, asked by @U0ALICE" in said[0]
    assert files == ["web-1.log", "web-2.log"]
    assert stage.messages(thread=thread)[0]["ts"] == line["ts"]


def test_outside_a_thread_the_files_stand_below_the_line(stage: Stage) -> None:
    """Given a log that is asked for in a channel, when it was read, then its line stands there and the files below."""
    read(stage, asked(stage))

    assert "The logs of web" in text(stage.root())
    assert [file["name"] for message in stage.replies() for file in message["files"]] == ["web-1.log", "web-2.log"]


def test_a_silent_log_is_no_file(stage: Stage) -> None:
    """Given a log in which nothing stands, when it was read, then the line says so."""
    read(stage, asked(stage), Log(name="web-1", text=""))

    assert "nothing stands in that of web-1" in text(stage.root())
    assert stage.replies() == []


def test_a_failure_says_why(stage: Stage) -> None:
    """Given a log that cannot be read, when the job ends, then the line says why."""
    job = asked(stage)
    stage.work(job)

    stage.queue.fail(job, "No container here is named 'web'. Did you mean `web-1`?")
    stage.deliver(job)

    assert "No container here is named 'web'. Did you mean" in text(stage.root())
    assert stage.replies() == []


def test_a_zone_without_workers_is_told(stage: Stage) -> None:
    """Given a zone that no worker serves, when a log is asked for, then the line says what it waits for."""
    job = asked(stage, zone="eu")

    stage.deliver(job)

    assert "no worker serves zone eu right now" in text(stage.root())


def test_the_same_log_twice_in_a_minute_is_two_files(stage: Stage) -> None:
    """Given a thread with a log, when it is asked for once more at once, then its file of now stands there too."""
    thread = stage.workspace.say(user="alice", channel="#ops", text="web is slow")
    read(stage, asked(stage, "one", thread=thread))
    read(stage, asked(stage, "two", thread=thread))

    assert below(stage, thread)[1] == ["web-1.log", "web-2.log"] * 2


@pytest.mark.parametrize("key", ["card", "log:0", "log:1"])
def test_a_crash_after_sending_sends_nothing_twice(stage: Stage, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Given a bot killed after Slack took a file and before it remembered that, when synced, then Slack is asked."""
    job = asked(stage)
    stage.work(job)
    stage.queue.finish_logs(job, LOGS)

    def killed(_memory: Memory, name: str, shown: Shown) -> None:
        if name.endswith(key) and shown.ts:
            raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Memory, "put", once(Memory.put, killed))
        with pytest.raises(KilledError):
            stage.delivery.sync(job)
    stage.deliver(job)

    assert below(stage, stage.root()["ts"])[1] == ["web-1.log", "web-2.log"]


def test_a_crash_before_sending_loses_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a bot killed after it began a file and before Slack had it, when synced, then it stands there."""
    job = asked(stage)
    stage.work(job)
    stage.queue.finish_logs(job, LOGS)

    def killed(_slack: Slack, _channel: str, _thread: str, snippet: Snippet) -> None:
        if snippet.key.endswith("log:1"):
            raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Slack, "upload", once(Slack.upload, killed))
        with pytest.raises(KilledError):
            stage.delivery.sync(job)
    stage.deliver(job)

    assert below(stage, stage.root()["ts"])[1] == ["web-1.log", "web-2.log"]
