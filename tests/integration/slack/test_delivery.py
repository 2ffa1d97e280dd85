"""Whatever Slack, Redis and people do, a thread reaches its final state, in order, and shows nothing twice."""

import pytest

from bot.showing import EDIT_EVERY
from bot.slack import Slack
from handlers.blocks.message import Message
from sickbay.diagnostics.errors import TemporaryError
from sickbay.diagnostics.model import Report
from tests.integration.slack.stage import FULL, STEPS, Stage, asked, assert_whole, text
from tests.unit.command_line.reports import finding, report


def delete(stage: Stage, ts: str) -> None:
    stage.slack._client.chat_delete(channel="C0OPS", ts=ts)


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize(
    "method",
    ["chat.postMessage", "chat.update", "files.getUploadURLExternal", "files.completeUploadExternal"],
)
def test_a_slack_that_is_ill_for_a_while_gets_it_all_in_order(stage: Stage, method: str, status: int) -> None:
    """Given a method that answers 429 or 500 three times, when synced, then all stands there in order and once."""
    job = asked(stage)
    if method == "chat.update":
        stage.deliver(job)
    stage.workspace.faults.fail_next(method, status=status, count=3, retry_after=7)
    stage.work(job)
    stage.queue.finish(job, FULL)

    waited = stage.deliver(job)

    assert_whole(stage)
    assert waited >= 3 * (7 if status == 429 else 1)
    assert stage.workspace.faults.refusal(method) is None


def test_a_429_asks_slack_nothing_besides(stage: Stage) -> None:
    """Given a post that Slack refused for now, when tried again, then it is not looked for: it surely is not there."""
    job = asked(stage)
    stage.workspace.faults.fail_next("chat.postMessage", status=429)

    stage.deliver(job)

    assert stage.calls("conversations.history") == []
    assert len(stage.messages()) == 1


def test_edits_wait_for_each_other(stage: Stage) -> None:
    """Given steps that follow each other at once, when each is synced, then one edit shows them all, later."""
    job = asked(stage)
    stage.stop_clock()
    stage.deliver(job)
    stage.work(job)
    for step in STEPS:
        stage.queue.step(job, step)
        with pytest.raises(TemporaryError) as caught:
            stage.delivery.sync(job)
        assert 0 < caught.value.delay <= EDIT_EVERY
    assert stage.calls("chat.update") == []

    waited = stage.deliver(job)

    assert 0 < waited <= EDIT_EVERY + 0.5
    assert len(stage.calls("chat.update")) == 1
    assert ":hourglass_flowing_sand: Judging" in text(stage.root())


def test_changes_while_an_edit_waits_ask_for_no_further_sync(stage: Stage) -> None:
    """Given an edit that waits for its time, when more steps follow, then no further message asks for a sync."""
    job = asked(stage)
    stage.stop_clock()
    stage.deliver(job)
    stage.work(job)
    with pytest.raises(TemporaryError):
        stage.delivery.sync(job)
    waiting = stage.redis.llen("sickbay:delivery")

    stage.queue.step(job, STEPS[1])
    stage.queue.step(job, STEPS[2])

    assert stage.redis.llen("sickbay:delivery") == waiting


def test_the_end_does_not_wait(stage: Stage) -> None:
    """Given a card that was edited a moment ago, when the job ends, then the end is shown at once."""
    job = asked(stage)
    stage.deliver(job)
    stage.work(job)
    stage.queue.finish(job, report())

    assert stage.deliver(job) == 0
    assert "Nothing wrong found" in text(stage.root())


def test_time_alone_edits_nothing(stage: Stage) -> None:
    """Given a card that is right, when it is synced again a minute later, then Slack is not called at all."""
    job = asked(stage)
    stage.work(job)
    stage.deliver(job)
    stage.seconds += 60

    stage.deliver(job)

    assert stage.calls("chat.update") == []


def test_a_clock_that_is_set_back_holds_no_edit_back(stage: Stage) -> None:
    """Given a card that was posted by a clock an hour ahead, when the job goes on, then it is edited all the same."""
    job = asked(stage)
    stage.seconds += 3600
    stage.deliver(job)
    stage.seconds -= 3600

    stage.work(job)

    assert stage.deliver(job) < 60
    assert "Looking" in text(stage.root())


def test_a_deleted_card_stays_deleted_and_the_findings_are_shown(stage: Stage) -> None:
    """Given a card that somebody deleted, when the job ends, then its findings stand in the channel, the file below."""
    job = asked(stage)
    stage.deliver(job)
    delete(stage, stage.root()["ts"])

    stage.answer(job, FULL)

    (findings,) = stage.messages()
    assert "DKR-C101" in text(findings)
    (file,) = stage.messages(thread=findings["ts"])
    assert file["files"]


def test_a_card_deleted_before_its_findings_hides_none(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a card deleted right after it became final, when its findings follow, then they stand in the channel."""
    job = asked(stage)
    stage.work(job)
    stage.queue.finish(job, FULL)
    post = Slack.post

    def too_late(slack: Slack, channel: str, thread: str | None, message: Message) -> str:
        if thread and stage.messages():
            delete(stage, thread)
        return post(slack, channel, thread, message)

    monkeypatch.setattr(Slack, "post", too_late)
    stage.deliver(job)

    (findings,) = stage.messages()
    assert "DKR-C101" in text(findings)


def test_deleted_findings_stay_deleted(stage: Stage) -> None:
    """Given findings that somebody deleted, when synced again, then they are not shown again."""
    job = asked(stage)
    stage.answer(job, report(finding()))
    delete(stage, stage.replies()[0]["ts"])

    stage.deliver(job)

    assert stage.replies() == []


def test_a_mention_whose_thread_was_deleted_is_answered_in_the_channel(stage: Stage) -> None:
    """Given a mention in a thread that was deleted meanwhile, when answered, then the answer stands in the channel."""
    question = stage.workspace.say(user="bob", channel="#ops", text="down!")
    stage.say("@sickbay local", thread=question)
    stage.workspace.store.messages["C0OPS"].clear()

    stage.answer(stage.job(), report(finding()))

    assert "High: db exited with code 3." in text(stage.root())
    assert "DKR-C101" in text(*stage.replies())


def test_a_crowd_gets_a_card_each(stage: Stage) -> None:
    """Given more commands than Slack takes messages at once, when synced, then each has one card, inside the limit."""
    for number in range(12):
        stage.say(f"/diagnose local web-{number}")
    stage.stop_clock()

    waited = sum(stage.deliver(record.job.id) for record in stage.jobs())

    assert len(stage.messages()) == 12
    assert waited >= 12 - 5 - 1


@pytest.mark.parametrize("reports", [FULL, report()])
def test_syncing_what_is_shown_calls_nobody(stage: Stage, reports: Report) -> None:
    """Given a thread that is complete, when synced again, then Slack is not called."""
    job = asked(stage)
    stage.answer(job, reports)
    before = len(stage.workspace.log())

    stage.delivery.sync(job)

    assert len(stage.workspace.log()) == before


def test_a_job_that_redis_forgot_shows_nothing(stage: Stage) -> None:
    """Given a job that is gone, when a late message asks to sync it, then nothing happens."""
    stage.delivery.sync("default.forgotten")

    assert stage.messages() == []


def test_what_is_known_of_a_thread_is_kept_no_longer_than_its_job(stage: Stage) -> None:
    """Given a thread, and a channel that refuses the bot, when shown or told, then what is known of them expires."""
    stage.answer(asked(stage), FULL)
    stage.say("/diagnose local", channel="#random-without-bot")
    stage.deliver(stage.jobs()[-1].job.id)

    keys = list(stage.redis.scan_iter("sickbay:thread:*"))
    assert len(keys) == 2
    assert all(int(stage.redis.ttl(key)) > 0 for key in keys)
