"""Whatever message is lost, the sweep sends it again; whatever job is overdue, the sweep ends it with the reason."""

import pytest
import redis

from sickbay.jobs.model import BOT_ZONE, JobState
from sickbay.jobs.queue import BEAT_EXPIRES, DELIVERY, KEEP, Queue
from sickbay.jobs.scripts import RESEND_AFTER
from tests.unit.jobs.house import NOW, Clock, Messages, job, report

JOB = job()


def failure(queue: Queue) -> str:
    record = queue.record(JOB.id)
    assert record
    assert record.state is JobState.FAILED
    return record.failure


def seen_to(queue: Queue) -> None:
    """Bring the thread up to date, as the bot does."""
    queue.begin_sync(JOB.id)
    queue.end_sync(JOB.id)


def test_changes_before_a_sync_are_one_message(queue: Queue, messages: Messages) -> None:
    """Given a sync that waits, when the job changes again and again, then no other message is sent."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=("Reading",), worker="w")
    queue.step(JOB.id, "Reading")
    queue.finish(JOB.id, report())

    assert messages.waiting(DELIVERY) == [JOB.id]


@pytest.mark.parametrize(("for_step", "told"), [(True, 1), (False, 0)])
def test_the_end_does_not_wait_for_a_step(queue: Queue, messages: Messages, for_step: bool, told: int) -> None:
    """Given a sync that waits, when the job ends, then a message tells it where the sync waits for a step alone."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=("Reading",), worker="w")
    queue.begin_sync(JOB.id)
    queue.postpone_sync(JOB.id, for_step=for_step)
    messages.lose()

    queue.step(JOB.id, "Reading")
    queue.finish(JOB.id, report())
    queue.finish(JOB.id, report())

    assert messages.waiting(DELIVERY) == [JOB.id] * told


def test_a_change_while_a_sync_runs_asks_for_another(queue: Queue, messages: Messages, clock: Clock) -> None:
    """Given a sync under way, when the job changes, then another is sent, and is owed though this one ends well."""
    queue.submit(JOB)
    queue.begin_sync(JOB.id)
    queue.finish(JOB.id, report())
    queue.end_sync(JOB.id)
    assert messages.waiting(DELIVERY) == [JOB.id, JOB.id]
    messages.lose()

    clock.move(RESEND_AFTER)
    queue.sweep()

    assert messages.waiting(DELIVERY) == [JOB.id]


def test_nothing_is_sent_again_while_it_may_be_under_way(queue: Queue, messages: Messages, clock: Clock) -> None:
    """Given messages sent a moment ago, when the sweep comes, then it sends none."""
    queue.submit(JOB)
    messages.lose()

    clock.move(RESEND_AFTER - 1)
    queue.sweep()

    assert messages.waiting("diagnose.alpha") == messages.waiting(DELIVERY) == []


def test_lost_messages_are_sent_again_until_somebody_sees_to_them(
    queue: Queue, messages: Messages, clock: Clock
) -> None:
    """Given both messages of a job lost, and lost again, when the sweep comes, then each is sent once a minute."""
    queue.submit(JOB)
    for _ in range(2):
        messages.lose()
        clock.move(RESEND_AFTER)
        queue.sweep()
        queue.sweep()

        assert messages.waiting("diagnose.alpha") == [JOB.id]
        assert messages.waiting(DELIVERY) == [JOB.id]


def test_a_sync_that_is_done_is_not_sent_again(queue: Queue, messages: Messages, clock: Clock) -> None:
    """Given a final job whose thread shows all, when the sweep comes, then nothing is owed."""
    queue.submit(JOB)
    queue.finish(JOB.id, report())
    seen_to(queue)
    messages.lose()

    clock.move(RESEND_AFTER)
    queue.sweep()

    assert messages.waiting("diagnose.alpha") == messages.waiting(DELIVERY) == []


def test_a_sync_that_waits_its_turn_is_not_sent_again(queue: Queue, messages: Messages, clock: Clock) -> None:
    """Given a sync that Slack's limits hold back, when it asks again in time, then the sweep adds no other."""
    queue.submit(JOB)
    messages.lose()
    for _ in range(4):
        queue.begin_sync(JOB.id)
        queue.postpone_sync(JOB.id)
        clock.move(RESEND_AFTER / 2)
        queue.sweep()

    assert messages.waiting(DELIVERY) == []


@pytest.mark.parametrize("key", ["deadlines", "owed"])
def test_what_is_no_text_stops_no_sweep(queue: Queue, client: redis.Redis, clock: Clock, key: str) -> None:
    """Given bytes that are no id among the ids that are due, when the sweep comes, then jobs end, and they are gone."""
    queue.submit(JOB)
    client.zadd(f"sickbay:{key}", {b"\xff": 1.0})

    clock.move(181)
    queue.sweep()

    record = queue.record(JOB.id)
    assert record
    assert record.state is JobState.FAILED
    assert client.zscore(f"sickbay:{key}", b"\xff") is None


def test_a_job_is_owed_while_it_runs(queue: Queue, messages: Messages, clock: Clock) -> None:
    """Given a running job whose worker is lost with its message, when the sweep comes, then another can take it."""
    queue.submit(JOB)
    queue.beat("alpha", "w")
    queue.start(JOB.id, steps=(), worker="w")
    messages.lose()

    clock.move(RESEND_AFTER)
    queue.sweep()

    assert messages.waiting("diagnose.alpha") == [JOB.id]
    assert queue.start(JOB.id, steps=(), worker="other")


def test_a_redis_lost_between_state_and_message_loses_nothing(
    queue: Queue, messages: Messages, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a Redis that goes away right after a job is written, when it is back, then job and thread are seen to."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise redis.ConnectionError("gone")

    with monkeypatch.context() as gone:
        gone.setattr(messages, "enqueue", refuse)
        queue.submit(JOB)
    assert messages.waiting("diagnose.alpha") == []

    clock.move(RESEND_AFTER)
    queue.sweep()

    assert messages.waiting("diagnose.alpha") == messages.waiting(DELIVERY) == [JOB.id]


def test_a_redis_lost_right_after_the_end_still_shows_it(
    queue: Queue, messages: Messages, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a Redis that goes away between a report and its message, when it is back, then the thread is told."""
    queue.submit(JOB)
    seen_to(queue)
    messages.lose()

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise redis.ConnectionError("gone")

    with monkeypatch.context() as gone:
        gone.setattr(messages, "enqueue", refuse)
        queue.finish(JOB.id, report())
    queue.finish(JOB.id, report())
    assert messages.waiting(DELIVERY) == []

    clock.move(RESEND_AFTER)
    queue.sweep()

    assert messages.waiting(DELIVERY) == [JOB.id]


def test_nothing_is_owed_for_a_forgotten_job(queue: Queue, client: redis.Redis, clock: Clock) -> None:
    """Given a job that Redis forgot, when the sweep comes, then it forgets the rest."""
    queue.submit(JOB)
    client.delete(f"sickbay:jobs:{JOB.id.replace('.', ':')}")
    clock.move(KEEP.total_seconds())

    queue.sweep()

    assert client.zcard("sickbay:owed") == client.zcard("sickbay:deadlines") == 0


def test_a_job_within_its_deadline_is_left_alone(queue: Queue, clock: Clock) -> None:
    """Given a job one second before its deadline, when the sweep comes, then it goes on; at the deadline it ends."""
    queue.submit(JOB)
    clock.move(179)
    queue.sweep()
    record = queue.record(JOB.id)
    assert record
    assert record.state is JobState.QUEUED

    clock.move(1)
    queue.sweep()

    assert failure(queue)
    record = queue.record(JOB.id)
    assert record
    assert record.ended_at
    assert (record.ended_at - NOW).total_seconds() == 180


def test_a_zone_without_workers_is_the_reason(queue: Queue, clock: Clock) -> None:
    """Given no worker in the zone, when the time is up, then the job ends with what to do about it."""
    queue.submit(JOB)
    queue.beat("beta", "w")
    clock.move(180)
    queue.sweep()

    assert failure(queue) == (
        "No worker serves zone alpha. Start one (`sickbay worker` with this zone), then run it again."
    )


def test_a_busy_zone_is_the_reason(queue: Queue, clock: Clock) -> None:
    """Given workers that never came to the job, when the time is up, then it says so."""
    queue.submit(JOB)
    clock.move(180)
    queue.beat("alpha", "w")
    queue.sweep()

    assert failure(queue) == "No worker of zone alpha was free in time. Run it again, or start more workers."


def test_an_overdue_job_of_the_bots_own_blames_no_worker(queue: Queue, messages: Messages, clock: Clock) -> None:
    """Given a job that only the bot can do, when its time is up, then nobody is told to start a worker for it."""
    messages.declare_queue(f"diagnose.{BOT_ZONE}")
    own = job(zone=BOT_ZONE)
    queue.submit(own)
    clock.move(200)

    queue.sweep()

    record = queue.record(own.id)
    assert record
    assert record.failure == "Sickbay's bot did not get to this in time. Run it again."


def test_a_lost_worker_is_the_reason(queue: Queue, clock: Clock) -> None:
    """Given a worker that took the job and was never heard of again, when the time is up, then it says so."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=(), worker="w")
    clock.move(180)
    queue.sweep()

    assert failure(queue).startswith("The worker that took this did not finish in time")


def test_a_job_given_back_to_nobody_names_the_zone(queue: Queue, clock: Clock) -> None:
    """Given the zone's last worker stopped, which gave its job back, when the time is up, then the zone is named."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=(), worker="w", take="one")
    queue.release(JOB.id, take="one")
    clock.move(180)
    queue.sweep()

    assert failure(queue).startswith("No worker serves zone alpha.")


def test_an_unreadable_record_costs_the_others_nothing(queue: Queue, client: redis.Redis, clock: Clock) -> None:
    """Given two overdue jobs, one of them unreadable, when the sweep comes, then both are ended for good."""
    broken = job("broken")
    queue.submit(broken)
    queue.submit(JOB)
    client.hset(f"sickbay:jobs:{broken.id.replace('.', ':')}", "job", "{")
    clock.move(max(180, BEAT_EXPIRES))

    queue.sweep()

    assert failure(queue)
    assert queue.ended(broken.id)
    assert queue.overdue() == []
