"""How the broker and its clients are set: what was measured must stay so."""

import time

import dramatiq
import pytest
import redis
from dramatiq.middleware import TimeLimitExceeded

from sickbay.jobs.broker import connect, make_broker
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.queue import Queue
from tests.unit.jobs.house import Messages, job

ABSENT = "unix:///nowhere/valkey.sock"


def test_a_sender_without_redis_is_told_within_a_second(messages: Messages) -> None:
    """Given no Redis, when a job is submitted, then it is refused well inside Slack's three seconds."""
    queue = Queue(connect(ABSENT, sender=True), messages)
    began = time.monotonic()

    with pytest.raises(QueueUnavailableError):
        queue.submit(job())

    assert time.monotonic() - began < 1.2


def test_a_worker_s_reads_never_time_out() -> None:
    """Given a worker's client, when Redis freezes, then it waits: a read that timed out would strand its jobs."""
    settings = connect("redis://127.0.0.1:1", sender=False).connection_pool.connection_kwargs

    assert settings["socket_timeout"] is None
    assert settings["socket_keepalive"]


def test_a_worker_over_a_unix_socket_is_asked_for_nothing_of_tcp(client: redis.Redis, valkey_url: str) -> None:
    """Given a Unix socket, which knows no keepalive, when a worker's client connects, then it does."""
    assert connect(valkey_url, sender=False).ping()


@pytest.mark.parametrize("kind", ["stub", "redis"])
def test_time_limits_are_armed(kind: str, messages: Messages, client: redis.Redis, valkey_url: str) -> None:
    """Given an actor that hangs, when its time limit is over, then its thread is freed: by either broker."""
    broker = messages if kind == "stub" else make_broker(connect(valkey_url, sender=False))
    ended: list[BaseException] = []

    def hang() -> None:
        try:
            while True:
                time.sleep(0.01)
        except TimeLimitExceeded as error:
            ended.append(error)

    actor = dramatiq.actor(broker=broker, actor_name="hang", queue_name="slow", time_limit=50)(hang)
    worker = dramatiq.Worker(broker, queues={"slow"}, worker_timeout=50, worker_threads=1)
    worker.start()
    try:
        actor.send()
        deadline = time.monotonic() + 10
        while not ended and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        worker.stop(timeout=2000)

    assert ended
