"""The buckets, over time that is moved: their rate, their burst, and clocks that disagree."""

from collections.abc import Iterator

import pytest
import redis

from bot.rate_limit import CLOCKS_DIFFER, UPDATES, Bucket, RateLimit, posts
from sickbay.jobs.broker import connect
from sickbay.jobs.embedded import EmbeddedValkey

_BUCKET = Bucket("test", rate=1.0, most=3)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    with EmbeddedValkey(tmp_path_factory.mktemp("v")) as valkey:
        yield connect(valkey.url, sender=True)


@pytest.fixture
def valkey(running: redis.Redis) -> redis.Redis:
    running.flushdb()
    return running


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(limit: RateLimit, bucket: Bucket, tries: int) -> int:
    """Say how many of so many tries get a token."""
    return sum(limit.take(bucket) == 0 for _ in range(tries))


def test_a_full_bucket_gives_its_burst_and_no_more(valkey: redis.Redis) -> None:
    """Given a bucket of three, when five ask at one moment, then three are served."""
    assert taken(RateLimit(valkey, namespace="t", clock=Clock()), _BUCKET, 5) == 3


@pytest.mark.parametrize(("seconds", "served"), [(0.9, 0), (1.0, 1), (2.5, 2), (3600.0, 3)])
def test_tokens_come_back_with_time_up_to_the_burst(valkey: redis.Redis, seconds: float, served: int) -> None:
    """Given an empty bucket, when time passes, then so many are served again, and never more than the burst."""
    clock = Clock()
    limit = RateLimit(valkey, namespace="t", clock=clock)
    taken(limit, _BUCKET, 3)

    clock.now += seconds

    assert taken(limit, _BUCKET, 5) == served


def test_slack_is_asked_no_more_than_it_allows(valkey: redis.Redis) -> None:
    """Given a crowd that asks all the time, when ten minutes pass, then after the burst no minute has over 50."""
    clock = Clock()
    limit = RateLimit(valkey, namespace="t", clock=clock)
    served = []
    for _ in range(4 * 60 * 10):
        if limit.take(UPDATES) == 0:
            served.append(clock.now)
        clock.now += 0.25

    for start in range(1010, 1540, 10):
        assert len([moment for moment in served if start <= moment < start + 60]) <= 50


def test_channels_do_not_wait_for_each_other(valkey: redis.Redis) -> None:
    """Given one channel at its limit, when another is written in, then that one is served."""
    limit = RateLimit(valkey, namespace="t", clock=Clock())
    taken(limit, posts("C0OPS"), 10)

    assert limit.take(posts("C0OTHER")) == 0


def test_replicas_share_a_bucket_whatever_their_clocks_say(valkey: redis.Redis) -> None:
    """Given two replicas whose clocks differ by 20 s, when both ask in turn, then it counts once, not each time."""
    early, late = Clock(), Clock()
    late.now += 20
    limits = [RateLimit(valkey, namespace="t", clock=clock) for clock in (early, late)]

    assert sum(taken(limit, _BUCKET, 1) for _ in range(20) for limit in limits) == 4


def test_a_clock_that_is_set_back_stops_nothing(valkey: redis.Redis) -> None:
    """Given an empty bucket, when the clock is set back an hour and goes on, then tokens come back at their rate."""
    clock = Clock()
    limit = RateLimit(valkey, namespace="t", clock=clock)
    taken(limit, _BUCKET, 3)

    clock.now -= 60 * CLOCKS_DIFFER
    assert limit.take(_BUCKET) > 0
    clock.now += 2.0

    assert taken(limit, _BUCKET, 5) >= 1


def test_a_clock_that_is_set_forward_gives_one_burst(valkey: redis.Redis) -> None:
    """Given an empty bucket, when the clock jumps a day, then there is one burst, and not a day's."""
    clock = Clock()
    limit = RateLimit(valkey, namespace="t", clock=clock)
    taken(limit, _BUCKET, 3)

    clock.now += 86_400

    assert taken(limit, _BUCKET, 100) == 3


def test_an_idle_bucket_leaves_nothing_behind(valkey: redis.Redis) -> None:
    """Given a bucket, when it was asked, then its key goes away by itself."""
    RateLimit(valkey, namespace="t", clock=Clock()).take(_BUCKET)

    assert 0 < int(valkey.ttl("t:bucket:test")) <= 10
