"""What the queue promises, on both brokers: the real one, and the stub that unit tests use in its place.

A job's state needs Redis, whose scripts change it, so it is in a real Valkey for both; only the messages differ.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dramatiq
import pytest
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import Diagnosis
from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Request, Target
from sickbay.jobs.broker import connect, make_broker
from sickbay.jobs.model import Job, JobRecord, JobState
from sickbay.jobs.queue import DELIVERY, Queue
from sickbay.jobs.scripts import RESEND_AFTER
from tests.unit.jobs.house import Messages, job, report
from workers.diagnose import MOST_ATTEMPTS, Diagnosing

#: Seconds after which something that should happen has not.
PATIENCE = 20.0


class House:
    """A queue with one worker of zone alpha whose engine does what `work` says; `runs` are the scopes it was asked."""

    def __init__(self, client: redis.Redis, broker: dramatiq.Broker) -> None:
        self.client, self.broker = client, broker
        self.queue = Queue(client, broker)
        self.runs: list[str] = []
        self.work: Callable[[str, Budget], object] = lambda _scope, _budget: None
        target = DockerTarget(name="host", zone="alpha", host="unix:///nowhere/docker.sock")
        broker.declare_queue(DELIVERY)
        Diagnosing(self.queue, {"host": target}, worker="w", longest_budget_s=60.0, diagnose=self._diagnose).declare(
            broker, "diagnose.alpha"
        )

    def _diagnose(self, _target: Target, request: Request, *, budget: Budget, **_how: object) -> Diagnosis:
        self.runs.append(request.scope)
        self.work(request.scope, budget)
        return Diagnosis(report(), None)  # type: ignore[arg-type]  # no worker looks at the snapshot

    def submit(self, name: str) -> Job:
        made = job(name, now=datetime.now(UTC), request=Request(scope=name))
        self.queue.submit(made)
        return made

    def send(self, *arguments: object) -> None:
        """Send a message to the zone that nobody of ours would send."""
        name = "diagnose.alpha"
        message = dramatiq.Message[None](queue_name=name, actor_name=name, args=arguments, kwargs={}, options={})
        self.broker.enqueue(message)

    @contextmanager
    def working(self, threads: int = 2) -> Iterator[None]:
        worker = dramatiq.Worker(self.broker, queues={"diagnose.alpha"}, worker_threads=threads, worker_timeout=20)
        self.queue.beat("alpha", "w")
        worker.start()
        try:
            yield
        finally:
            worker.stop(timeout=5000)

    def record(self, made: Job) -> JobRecord:
        found = self.queue.record(made.id)
        assert found
        return found

    def ended(self, made: Job) -> JobRecord:
        """Wait until the job is final."""
        eventually(lambda: self.record(made).state.final)
        return self.record(made)

    def dead(self) -> int:
        """Count the dead letters of the zone."""
        if isinstance(self.broker, StubBroker):
            return len(self.broker.dead_letters_by_queue["diagnose.alpha"])
        return int(self.client.zcard("sickbay:diagnose.alpha.XQ"))


def eventually(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.02)


@pytest.fixture(params=["stub", "redis"])
def house(request: pytest.FixtureRequest, client: redis.Redis, valkey_url: str, messages: Messages) -> House:
    """The house on either broker."""
    return House(client, messages if request.param == "stub" else make_broker(connect(valkey_url, sender=False)))


def test_what_is_submitted_runs_once(house: House) -> None:
    """Given ten jobs, each submitted twice, when a worker runs them, then each ran once and is done."""
    with house.working():
        made = [house.submit(f"job-{number}") for number in range(10) for _ in range(2)]
        ended = [house.ended(one) for one in made]

    assert {record.state for record in ended} == {JobState.DONE}
    assert sorted(house.runs) == sorted({f"job-{number}" for number in range(10)})
    assert house.dead() == 0


def test_a_temporary_error_is_tried_again_after_its_delay(house: House) -> None:
    """Given an error that passes after its first time, when the job runs, then it waits that long and then is done."""
    began: list[float] = []

    def work(_scope: str, _budget: Budget) -> None:
        began.append(time.monotonic())
        if len(began) == 1:
            raise TemporaryError("The engine starts.", delay=0.5)

    house.work = work
    with house.working():
        ended = house.ended(house.submit("slow-to-start"))

    assert (ended.state, ended.attempt) == (JobState.DONE, 1)
    assert len(began) == 2
    assert began[1] - began[0] >= 0.5


def test_a_permanent_error_is_not_tried_again(house: House) -> None:
    """Given an error that no retry mends, when the job runs, then it runs once, fails, and leaves no dead letter."""

    def work(_scope: str, _budget: Budget) -> None:
        raise PermanentError("No access.")

    house.work = work
    with house.working():
        ended = house.ended(house.submit("refused"))
        house.ended(house.submit("another"))

    assert (ended.state, ended.failure) == (JobState.FAILED, "No access.")
    assert house.runs == ["refused", "another"]
    assert house.dead() == 0


def test_a_job_cancelled_while_it_waits_is_skipped(house: House) -> None:
    """Given two waiting jobs, one of them cancelled, when a worker comes, then only the other runs."""
    cancelled, other = house.submit("cancelled"), house.submit("other")
    house.queue.cancel(cancelled.id)

    with house.working():
        house.ended(other)

    assert house.runs == ["other"]
    assert house.record(cancelled).state is JobState.CANCELLED


def test_a_job_cancelled_while_it_runs_stops(house: House) -> None:
    """Given a running job, when cancelled, then its thread is soon free for another."""
    begun = threading.Event()

    def work(scope: str, budget: Budget) -> None:
        while scope == "endless":
            begun.set()
            budget.raise_if_cancelled()
            time.sleep(0.01)

    house.work = work
    with house.working(threads=1):
        endless = house.submit("endless")
        assert begun.wait(PATIENCE)
        house.queue.cancel(endless.id)
        other = house.ended(house.submit("other"))

    assert house.record(endless).state is JobState.CANCELLED
    assert other.state is JobState.DONE


@pytest.mark.parametrize("arguments", [(5,), (None,), ({"id": "x"},), (), ("a", "b")], ids=repr)
def test_a_bad_message_dies_alone(house: House, arguments: tuple[object, ...]) -> None:
    """Given a message that is none of ours among good ones, when they come, then it alone is a dead letter."""
    first = house.submit("first")
    house.send(*arguments)
    last = house.submit("last")

    with house.working(threads=1):
        assert house.ended(first).state is JobState.DONE
        assert house.ended(last).state is JobState.DONE
        eventually(lambda: house.dead() == 1)


def test_an_unreadable_job_dies_alone(house: House) -> None:
    """Given a job whose record is damaged, when its message comes, then that is a dead letter, and others run."""
    damaged = house.submit("damaged")
    house.client.hset(f"sickbay:jobs:{damaged.id.replace('.', ':')}", "job", "{")
    other = house.submit("other")

    with house.working(threads=1):
        assert house.ended(other).state is JobState.DONE
        eventually(lambda: house.dead() == 1)


def test_a_job_that_kills_its_workers_is_refused(house: House) -> None:
    """Given a job that three workers were lost with, when it comes to the next, then that refuses and goes on."""
    poison, other = house.submit("poison"), house.submit("other")
    for number in range(MOST_ATTEMPTS):
        assert house.queue.start(poison.id, steps=(), worker=f"lost-{number}")

    with house.working():
        house.ended(other)
        ended = house.ended(poison)

    assert ended.failure.startswith("It cost 3 workers their life")
    assert house.runs == ["other"]


def test_zones_are_apart(house: House) -> None:
    """Given a worker of zone alpha, when a job of zone beta waits, then it goes on waiting."""
    house.broker.declare_queue("diagnose.beta")
    theirs = job("theirs", zone="beta", now=datetime.now(UTC))
    house.queue.submit(theirs)

    with house.working():
        house.ended(house.submit("ours"))

    assert house.record(theirs).state is JobState.QUEUED


def test_a_lost_message_costs_only_time(house: House) -> None:
    """Given a job whose message is gone, when the sweep comes, then the job runs."""
    made = house.submit("lost")
    house.broker.flush("diagnose.alpha")
    later = Queue(house.client, house.broker, clock=lambda: time.time() + RESEND_AFTER)

    with house.working():
        later.sweep()

        assert house.ended(made).state is JobState.DONE


def test_an_envelope_that_is_garbage_costs_only_time(client: redis.Redis, valkey_url: str) -> None:
    """Given bytes in Redis that are no message of dramatiq, when fetched with a job, then the job still runs."""
    broker = make_broker(connect(valkey_url, sender=False))
    house = House(client, broker)
    assert isinstance(broker, RedisBroker)
    client.hset("sickbay:diagnose.alpha.msgs", "garbage", b"\xff{")
    client.rpush("sickbay:diagnose.alpha", "garbage")
    made = house.submit("behind")
    later = Queue(client, broker, clock=lambda: time.time() + RESEND_AFTER)

    with house.working():
        eventually(lambda: client.llen("sickbay:diagnose.alpha") == 0)
        later.sweep()

        assert house.ended(made).state is JobState.DONE
