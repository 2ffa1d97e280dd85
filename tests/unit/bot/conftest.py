"""A Redis and a Slack for the tests of what the bot does with requests."""

from collections.abc import Iterator

import pytest
import redis

from bot import promptly
from sickbay.jobs.broker import connect
from sickbay.jobs.embedded import EmbeddedValkey
from tests.unit.bot.house import FakeSlack


@pytest.fixture(scope="session")
def running_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    with EmbeddedValkey(tmp_path_factory.mktemp("v")) as valkey:
        yield connect(valkey.url, sender=True)


@pytest.fixture
def empty_redis(running_redis: redis.Redis) -> redis.Redis:
    running_redis.flushdb()
    return running_redis


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as running:
        yield running


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Slack on a busy machine is not late, unless a test wants it to be."""
    monkeypatch.setattr(promptly, "SECONDS", 20)
