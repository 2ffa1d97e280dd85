"""At least once, seen once: crashes, lost answers, two deliverers and repeated envelopes show nothing twice."""

import threading
from collections.abc import Callable

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.rate_limit import RateLimit
from bot.shown import Memory, Shown
from bot.slack import Slack
from handlers.blocks.message import Message
from sickbay.diagnostics.errors import TemporaryError
from sickbay.jobs.model import Job
from tests.integration.slack.stage import FULL, Stage, asked, assert_whole


class KilledError(Exception):
    """The process ended here."""


def once(function: Callable[..., object], instead: Callable[..., object]) -> Callable[..., object]:
    """Give the function, but for the first call for which `instead` raises."""
    done: list[bool] = []

    def called(*arguments: object, **named: object) -> object:
        if not done:
            try:
                instead(*arguments, **named)
            except Exception:
                done.append(True)
                raise
        return function(*arguments, **named)

    return called


@pytest.mark.parametrize("key", ["card", "findings:0", "file:0"])
def test_a_crash_after_posting_shows_nothing_twice(stage: Stage, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Given a bot killed after Slack took a message and before it remembered that, when synced, then Slack is asked."""
    job = asked(stage)
    stage.work(job)
    stage.queue.finish(job, FULL)

    def killed(_memory: Memory, name: str, shown: Shown) -> None:
        if name.endswith(key) and shown.ts:
            raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Memory, "put", once(Memory.put, killed))
        with pytest.raises(KilledError):
            stage.delivery.sync(job)
    stage.deliver(job)

    assert_whole(stage)


@pytest.mark.parametrize("key", ["card", "findings:0", "file:0"])
def test_a_crash_before_posting_loses_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Given a bot killed after it began a message and before Slack had it, when synced, then it is shown."""
    job = asked(stage)
    stage.work(job)
    stage.queue.finish(job, FULL)

    def killed(_slack: Slack, _channel: str, _thread: str | None, message: Message) -> None:
        if message.key.endswith(key):
            raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Slack, "post", once(Slack.post, killed))
        patched.setattr(Slack, "upload", once(Slack.upload, killed))
        with pytest.raises(KilledError):
            stage.delivery.sync(job)
    stage.deliver(job)

    assert_whole(stage)


def test_an_answer_that_is_lost_on_the_way_posts_nothing_twice(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a Slack that takes every first post and whose answer is lost, when synced, then each stands once."""
    job = asked(stage)
    stage.work(job)
    stage.queue.finish(job, FULL)
    lost: set[str] = set()
    post = Slack.post

    def unheard(slack: Slack, channel: str, thread: str | None, message: Message) -> str:
        ts = post(slack, channel, thread, message)
        if message.key not in lost:
            lost.add(message.key)
            raise TemporaryError("Slack does not answer", delay=2.0)
        return ts

    monkeypatch.setattr(Slack, "post", unheard)
    stage.deliver(job)

    assert len(lost) == 2
    assert_whole(stage)


def test_two_deliverers_at_once_show_it_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one deliverer in the middle of posting, when another syncs the same job, then that one comes back later."""
    job = asked(stage)
    posting, go_on = threading.Event(), threading.Event()
    post = Slack.post

    def slow(slack: Slack, channel: str, thread: str | None, message: Message) -> str:
        posting.set()
        go_on.wait(30)
        return post(slack, channel, thread, message)

    monkeypatch.setattr(Slack, "post", slow)
    first = threading.Thread(target=stage.delivery.sync, args=(job,))
    first.start()
    assert posting.wait(30)
    with pytest.raises(TemporaryError, match="another sync is under way"):
        stage.delivery.sync(job)
    go_on.set()
    first.join(30)
    stage.deliver(job)

    assert len(stage.calls("chat.postMessage")) == 1


def test_a_deliverer_that_lost_its_lock_posts_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a deliverer that was stopped until its lock expired, when it goes on, then it leaves the post to others."""
    job = asked(stage)

    def expires(*_arguments: object) -> float:
        stage.redis.delete(f"sickbay:lock:{job}")
        return 0.0

    with monkeypatch.context() as patched:
        patched.setattr(RateLimit, "take", expires)
        with pytest.raises(TemporaryError, match="another sync took over"):
            stage.delivery.sync(job)
    assert stage.messages() == []

    stage.deliver(job)
    assert len(stage.messages()) == 1


def test_an_envelope_that_comes_twice_is_one_thread(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a command that Slack delivers twice, when both have arrived, then it was taken once: one job, one card."""
    taken, arrived, both = [], [], threading.Event()
    submit, dispatch = stage.queue.submit, stage.app.dispatch

    def counted(job: Job) -> None:
        taken.append(job.id)
        submit(job)

    def dispatched(request: BoltRequest) -> BoltResponse:
        response = dispatch(request)
        arrived.append(request)
        if len(arrived) == 2:
            both.set()
        return response

    monkeypatch.setattr(stage.queue, "submit", counted)
    monkeypatch.setattr(stage.app, "dispatch", dispatched)
    stage.workspace.faults.duplicate_next_event()
    stage.say("/diagnose local")
    assert both.wait(30)

    job = stage.job()
    assert taken == [job]
    stage.answer(job, FULL)
    stage.deliver(job)
    assert_whole(stage)
