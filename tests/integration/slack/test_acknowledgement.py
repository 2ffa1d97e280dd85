"""What Slack saw accepted is in Redis; where Redis is away, the one who asked is told while they still look."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from handlers.blocks.offers import CANCEL
from sickbay.jobs.broker import connect, make_broker
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.model import Job
from sickbay.jobs.queue import Queue
from tests.integration.slack.stage import Stage

#: Milliseconds that Slack waits for an acknowledgement.
SLACK_WAITS = 3000
DOWN = "Sickbay cannot take this right now: its queue (Redis) does not answer."


@contextmanager
def redis_that(fate: str, directory: Path) -> Iterator[Queue]:
    """Give a queue whose Redis ended, or is frozen: it takes connections and never answers."""
    with EmbeddedValkey(directory) as valkey:
        client = connect(valkey.url, sender=True)
        queue = Queue(client, make_broker(client))
        queue.ping()
        assert valkey._process
        os.kill(valkey._process.pid, signal.SIGKILL if fate == "ended" else signal.SIGSTOP)
        if fate == "ended":
            valkey._process.wait(10)
        try:
            yield queue
        finally:
            if fate == "frozen":
                os.kill(valkey._process.pid, signal.SIGCONT)


@pytest.mark.parametrize("said", ["/diagnose local", "@sickbay diagnose local"])
def test_a_job_is_in_redis_before_slack_is_acknowledged(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """Given a command or a mention, when its job has just been written, then Slack has not been acknowledged yet."""
    verdicts = []
    submit = stage.queue.submit

    def watched(job: Job) -> None:
        submit(job)
        assert stage.queue.record(job.id)
        verdicts.append(stage.envelopes()[-1]["verdict"])

    monkeypatch.setattr(stage.queue, "submit", watched)
    stage.say(said)

    assert verdicts == ["pending"]
    assert stage.envelopes()[-1]["verdict"] == "acked"


def test_a_job_that_could_not_be_written_is_not_acknowledged_as_accepted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a handler that breaks before the job is written, when a command comes, then the asker is told so."""

    def broken(_job: Job) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(stage.queue, "submit", broken)
    stage.say("/diagnose local")

    (told,) = stage.told()
    assert told.startswith("That failed, and the fault is Sickbay's own.")
    assert stage.jobs() == []


@pytest.mark.parametrize("fate", ["ended", "frozen"])
def test_redis_down_at_the_command_is_told_within_slacks_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fate: str
) -> None:
    """Given Redis ended or frozen, when a command comes, then it is acknowledged in time with what to do."""
    with redis_that(fate, tmp_path) as away:
        monkeypatch.setattr(stage.queue, "__dict__", vars(away))
        stage.say("/diagnose local")

    (told,) = stage.told()
    assert told.startswith(DOWN)
    (envelope,) = stage.envelopes()
    assert envelope["verdict"] == "acked"
    assert envelope["ms"] < SLACK_WAITS
    assert stage.messages() == []


def test_redis_down_at_a_mention_a_message_and_a_click_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Given a card, when Redis ends before a mention, a direct message and a click, then each is told of."""
    stage.say("/diagnose local")
    stage.deliver(stage.job())
    card = stage.root()["ts"]
    with redis_that("ended", tmp_path) as away:
        monkeypatch.setattr(stage.queue, "__dict__", vars(away))
        stage.say("@sickbay diagnose local")
        stage.say("local", channel="U0ALICE")
        stage.click(CANCEL, card, user="bob")

    assert [told.startswith(DOWN) for told in stage.told("alice")] == [True]
    assert stage.root("U0ALICE")["text"].startswith(DOWN)
    assert [told.startswith(DOWN) for told in stage.told("bob")] == [True]
