"""A crowd at Slack's limits: each comes back when it is its turn, so that the bot stays free to acknowledge."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from bot.rate_limit import LONGEST_WAIT, Bucket, RateLimit
from sickbay.jobs.broker import connect, make_broker
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.queue import DELIVERY, Queue
from tests.unit.jobs.house import job

_BUCKET = Bucket("test", rate=0.5, most=1)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[redis.Redis]:
    """A client of a Valkey of this test's own."""
    with EmbeddedValkey(tmp_path) as running:
        yield connect(running.url, sender=True)


def test_those_who_are_refused_come_back_one_after_another(valkey: redis.Redis) -> None:
    """Given a bucket of one token every two seconds, when four ask at once, then each waits two seconds more."""
    limit = RateLimit(valkey, namespace="test", clock=lambda: 1000.0)

    assert [limit.take(_BUCKET) for _ in range(4)] == [0, 2, 4, 6]


def test_who_comes_back_in_its_turn_is_served(valkey: redis.Redis) -> None:
    """Given three who were refused, when each comes back at the moment it was told, then each gets its token."""
    now = 1000.0
    limit = RateLimit(valkey, namespace="test", clock=lambda: now)
    limit.take(_BUCKET)
    waits = [limit.take(_BUCKET) for _ in range(3)]

    served = []
    for wait in waits:
        now = 1000.0 + wait
        served.append(limit.take(_BUCKET))

    assert served == [0, 0, 0]


def test_nobody_is_told_to_wait_for_ever(valkey: redis.Redis) -> None:
    """Given a crowd far larger than the rate, when the last one asks, then it is told to come back within the cap."""
    limit = RateLimit(valkey, namespace="test", clock=lambda: 1000.0)

    assert max(limit.take(_BUCKET) for _ in range(100)) == LONGEST_WAIT


def test_a_change_while_a_sync_waits_for_its_turn_adds_no_other(valkey: redis.Redis) -> None:
    """Given a sync that was postponed, when its job changes, then no second message waits for the bot."""
    queue, made = Queue(valkey, make_broker(valkey)), job()
    queue.submit(made)
    valkey.delete(f"sickbay:{DELIVERY}")
    queue.begin_sync(made.id)
    queue.postpone_sync(made.id)

    queue.cancel(made.id)

    assert valkey.llen(f"sickbay:{DELIVERY}") == 0


def test_a_change_after_a_sync_began_asks_for_another(valkey: redis.Redis) -> None:
    """Given a postponed sync that has begun, when its job changes, then a message waits for the bot."""
    queue, made = Queue(valkey, make_broker(valkey)), job()
    queue.submit(made)
    valkey.delete(f"sickbay:{DELIVERY}")
    queue.postpone_sync(made.id)
    queue.begin_sync(made.id)

    queue.cancel(made.id)

    assert valkey.llen(f"sickbay:{DELIVERY}") == 1
