"""A job's way through its states: each change is all or nothing, and a final state is never left."""

from collections.abc import Callable

import pytest
import redis

from sickbay.diagnostics.model import Log
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.model import JobState
from sickbay.jobs.queue import BEAT_EXPIRES, DELIVERY, KEEP, KEEP_LOGS, Queue, job_id
from tests.unit.jobs.house import NOW, Clock, Messages, job, report

JOB = job()
LOGS = (Log(name="web-1", text="2026-03-04T05:06:07Z naïve"), Log(name="web-2", text=""))

FINAL: dict[JobState, Callable[[Queue], object]] = {
    JobState.DONE: lambda queue: queue.finish(JOB.id, report()),
    JobState.FAILED: lambda queue: queue.fail(JOB.id, "It failed."),
    JobState.CANCELLED: lambda queue: queue.cancel(JOB.id),
}
CHANGES: dict[str, Callable[[Queue], object]] = {
    "submit": lambda queue: queue.submit(JOB),
    "start": lambda queue: queue.start(JOB.id, steps=("Reading",), worker="other"),
    "step": lambda queue: queue.step(JOB.id, "Reading"),
    "release": lambda queue: queue.release(JOB.id, take="take"),
    "finish": lambda queue: queue.finish(JOB.id, report()),
    "finish_logs": lambda queue: queue.finish_logs(JOB.id, LOGS),
    "fail": lambda queue: queue.fail(JOB.id, "It failed otherwise."),
    "cancel": lambda queue: queue.cancel(JOB.id),
    "expire": lambda queue: queue.expire(JOB.id),
}


def attempt(queue: Queue) -> int:
    record = queue.record(JOB.id)
    assert record
    return record.attempt


def state(queue: Queue) -> JobState:
    record = queue.record(JOB.id)
    assert record
    return record.state


def test_a_submitted_job_waits_with_its_message_and_its_card(queue: Queue, messages: Messages) -> None:
    """Given an empty queue, when a job is submitted, then it is recorded, sent to its zone, and the bot is told."""
    queue.submit(JOB)

    record = queue.record(JOB.id)
    assert record
    assert (record.job, record.state, record.attempt) == (JOB, JobState.QUEUED, 0)
    assert messages.waiting("diagnose.alpha") == [JOB.id]
    assert messages.waiting("diagnose.beta") == []
    assert messages.waiting(DELIVERY) == [JOB.id]


def test_a_record_is_kept_for_a_week(queue: Queue, client: redis.Redis) -> None:
    """Given a submitted job, when nobody touches it, then Redis forgets it after KEEP."""
    queue.submit(JOB)

    assert client.ttl(f"sickbay:jobs:{JOB.id.replace('.', ':')}") == int(KEEP.total_seconds())


def test_the_same_request_is_the_same_job() -> None:
    """Given a request, when its id is made again, then it is the same, and any other request's is another."""
    assert job_id("alpha", "C1", "r1") == job_id("alpha", "C1", "r1")
    assert len({job_id("alpha", *parts) for parts in [("C1", "r1"), ("C1", "r2"), ("C2", "r1"), ("C1r", "1")]}) == 4
    assert job_id("alpha", "C1", "r1").startswith("alpha.")


def test_a_repeat_of_a_running_job_sends_nothing(queue: Queue, messages: Messages) -> None:
    """Given a job under way, when its request is delivered again, then no message is sent and the job goes on."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=(), worker="w")
    messages.lose()

    queue.submit(JOB)

    assert messages.waiting("diagnose.alpha") == []
    assert state(queue) is JobState.RUNNING


def test_a_repeat_of_a_waiting_job_sends_its_message_again(queue: Queue, messages: Messages) -> None:
    """Given a job whose message may have been lost, when its request is delivered again, then it is sent again."""
    queue.submit(JOB)
    messages.lose()

    queue.submit(JOB)

    assert messages.waiting("diagnose.alpha") == [JOB.id]


@pytest.mark.parametrize("final", FINAL)
@pytest.mark.parametrize("change", CHANGES)
def test_a_final_state_is_never_left(
    queue: Queue, messages: Messages, clock: Clock, final: JobState, change: str
) -> None:
    """Given a job in a final state, when anything else happens to it, then its record stays as it is, in silence."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=("Reading",), worker="w", take="take")
    FINAL[final](queue)
    before = queue.record(JOB.id)
    assert before
    assert before.state is final
    messages.lose()
    clock.move(BEAT_EXPIRES * 2)

    CHANGES[change](queue)

    assert queue.record(JOB.id) == before
    assert messages.waiting("diagnose.alpha") == []
    assert messages.waiting(DELIVERY) == []


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "submit"])
def test_a_forgotten_job_stays_forgotten(queue: Queue, client: redis.Redis, change: str) -> None:
    """Given a job that Redis has forgotten, when a late worker or the bot changes it, then no half a record appears."""
    CHANGES[change](queue)

    assert queue.record(JOB.id) is None
    assert client.zcard("sickbay:owed") == 0


def test_a_taken_job_runs_with_its_steps(queue: Queue, clock: Clock) -> None:
    """Given a waiting job, when a worker takes it, then it runs from now on in its first attempt."""
    queue.submit(JOB)
    clock.move(2)

    taken = queue.start(JOB.id, steps=("Connecting", "Reading"), worker="w")

    assert taken
    assert (taken.state, taken.steps, taken.step, taken.attempt) == (
        JobState.RUNNING,
        ("Connecting", "Reading"),
        "",
        1,
    )
    assert taken.started_at
    assert (taken.started_at - NOW).total_seconds() == 2


def test_a_step_is_told(queue: Queue) -> None:
    """Given a running job, when its worker tells a step, then the record has it; the next attempt begins without."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=("Connecting", "Reading"), worker="w")

    queue.step(JOB.id, "Reading")

    record = queue.record(JOB.id)
    assert record
    assert record.step == "Reading"
    again = queue.start(JOB.id, steps=("Connecting", "Reading"), worker="other")
    assert again
    assert again.step == ""


def test_a_job_that_does_not_run_has_no_step(queue: Queue) -> None:
    """Given a waiting job, when a worker that lost it tells a step, then it is not shown."""
    queue.submit(JOB)

    queue.step(JOB.id, "Reading")

    record = queue.record(JOB.id)
    assert record
    assert record.step == ""


def test_a_job_with_a_living_worker_is_not_taken_by_another(queue: Queue) -> None:
    """Given a job that runs on a worker that beats, when its message comes to another, then that one leaves it."""
    queue.submit(JOB)
    queue.beat("alpha", "w")
    queue.start(JOB.id, steps=(), worker="w")

    assert queue.start(JOB.id, steps=(), worker="other") is None
    assert queue.start(JOB.id, steps=(), worker="w") is None
    assert attempt(queue) == 1


def test_a_job_of_a_lost_worker_is_taken_by_another(queue: Queue, clock: Clock) -> None:
    """Given a job whose worker beats no more, when its message comes to another, then that takes it as a second try."""
    queue.submit(JOB)
    queue.beat("alpha", "w")
    queue.start(JOB.id, steps=(), worker="w")
    clock.move(BEAT_EXPIRES + 1)

    taken = queue.start(JOB.id, steps=(), worker="other")

    assert taken
    assert taken.attempt == 2


def test_a_take_that_lost_redis_s_answer_is_the_same_take(queue: Queue) -> None:
    """Given a worker that took a job and lost the answer, when it asks again, then it has it, in the same attempt."""
    queue.submit(JOB)
    queue.beat("alpha", "w")
    queue.start(JOB.id, steps=(), worker="w", take="one")

    taken = queue.start(JOB.id, steps=(), worker="w", take="one")

    assert taken
    assert taken.attempt == 1


def test_a_job_given_back_waits_again_and_costs_no_attempt(queue: Queue, messages: Messages) -> None:
    """Given a running job, when its worker gives it back, however often it says so, then it waits for its next try."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=(), worker="w", take="one")
    messages.lose()

    queue.release(JOB.id, take="one", delay=5)
    queue.release(JOB.id, take="one", delay=5)

    assert state(queue) is JobState.QUEUED
    assert attempt(queue) == 0
    assert set(messages.waiting("diagnose.alpha.DQ")) == {JOB.id}


def test_only_who_has_a_job_gives_it_back(queue: Queue, messages: Messages) -> None:
    """Given a job that another worker took over, when the first one gives it back, then nothing changes."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=(), worker="w", take="one")
    queue.start(JOB.id, steps=(), worker="other", take="two")
    messages.lose()

    queue.release(JOB.id, take="one")

    assert state(queue) is JobState.RUNNING
    assert attempt(queue) == 2
    assert messages.waiting("diagnose.alpha") == []


def test_a_job_ends_with_its_logs(queue: Queue, client: redis.Redis, messages: Messages) -> None:
    """Given a job that asked for logs, when its worker has them, then it is done, told, and kept for a day only."""
    queue.submit(JOB)
    queue.start(JOB.id, steps=(), worker="w")
    messages.lose()

    queue.finish_logs(JOB.id, LOGS)

    record = queue.record(JOB.id)
    assert record
    assert (record.state, record.logs, record.report) == (JobState.DONE, LOGS, None)
    assert queue.overdue() == []
    assert client.ttl(f"sickbay:jobs:{JOB.id.replace('.', ':')}") == int(KEEP_LOGS.total_seconds())


def test_a_finished_job_is_kept_for_a_week_from_its_end(queue: Queue, client: redis.Redis) -> None:
    """Given a job that ends with a report, when nobody touches it, then Redis forgets it KEEP after its end."""
    queue.submit(JOB)
    client.expire(f"sickbay:jobs:{JOB.id.replace('.', ':')}", 60)

    queue.finish(JOB.id, report())

    assert client.ttl(f"sickbay:jobs:{JOB.id.replace('.', ':')}") == int(KEEP.total_seconds())


@pytest.mark.parametrize("running", [False, True])
def test_cancel_ends_a_job_at_once(queue: Queue, running: bool) -> None:
    """Given a job that waits or runs, when the asker cancels, then it is cancelled now, and its worker will see it."""
    queue.submit(JOB)
    if running:
        queue.start(JOB.id, steps=(), worker="w")
    assert not queue.ended(JOB.id)

    assert queue.cancel(JOB.id)

    assert state(queue) is JobState.CANCELLED
    assert queue.ended(JOB.id)
    assert queue.overdue() == []


def test_who_cancels_twice_is_too_late(queue: Queue) -> None:
    """Given a cancelled job and an unknown one, when cancelled, then there is nothing to cancel."""
    queue.submit(JOB)
    queue.cancel(JOB.id)

    assert not queue.cancel(JOB.id)
    assert not queue.cancel("alpha.unknown")


def test_a_forgotten_job_has_ended(queue: Queue) -> None:
    """Given a job that Redis forgot, when its worker asks, then nobody waits for it."""
    assert queue.ended(JOB.id)


def test_a_worker_counts_while_it_beats(queue: Queue, clock: Clock) -> None:
    """Given two workers, when one stops beating and one leaves, then none of them counts; zones count apart."""
    queue.beat("alpha", "one")
    queue.beat("alpha", "two")
    assert (queue.workers_alive("alpha"), queue.workers_alive("beta")) == (2, 0)

    queue.leave("alpha", "two")
    assert queue.workers_alive("alpha") == 1
    clock.move(BEAT_EXPIRES + 1)
    assert queue.workers_alive("alpha") == 0


def test_a_redis_that_refuses_is_one_that_does_not_answer(queue: Queue, client: redis.Redis) -> None:
    """Given a Redis whose memory is full, when a job is submitted, then the asker is told, as when it is down."""
    client.config_set("maxmemory", 1)
    try:
        with pytest.raises(QueueUnavailableError, match="memory"):
            queue.submit(JOB)
    finally:
        client.config_set("maxmemory", 0)
    assert queue.record(JOB.id) is None
