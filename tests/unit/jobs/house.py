"""What the tests of the queue share: a Valkey that holds the state, a clock to move, a job, and a look at messages.

The scripts that change a job's state run in Redis alone, so the state is in a real Valkey even here; messages go
through the stub broker, which keeps them in memory where a test can see and lose them.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import redis
from dramatiq.brokers.stub import StubBroker

from sickbay.diagnostics.model import Report, ReportTarget
from sickbay.diagnostics.targets import Request
from sickbay.jobs.broker import connect, make_stub_broker
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.model import Destination, Job
from sickbay.jobs.queue import DELIVERY, Queue, job_id

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now.timestamp()

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Messages(StubBroker):
    """What was sent; `lose` drops it, as a broken connection would."""

    def waiting(self, queue: str) -> list[str]:
        """Give the job ids of the messages that wait in a queue, in order."""
        return [json.loads(message)["args"][0] for message in list(self.queues[queue].queue)]

    def lose(self) -> None:
        for queue in self.queues:
            self.flush(queue)


def job(name: str = "request-1", *, zone: str = "alpha", now: datetime = NOW, **changes: object) -> Job:
    """Give a job of the zone, as the desk would make it of a request at `now`; `name` tells it from others."""
    made = Job(
        id=job_id(zone, "C1", name),
        target="host",
        platform="docker",
        zone=zone,
        request=Request(),
        asked_by="U1",
        destination=Destination(channel="C1"),
        submitted_at=now,
        deadline_at=now + timedelta(seconds=180),
        budget_s=60.0,
    )
    return msgspec.structs.replace(made, **changes)


def report() -> Report:
    """Give a report of a host where nothing is wrong."""
    return Report(
        target=ReportTarget(name="host", platform="docker", zone="alpha"),
        scope="",
        started_at=NOW,
        duration_s=1.5,
        findings=(),
        gaps=(),
        looked_at={"containers": 2},
        timings={},
    )


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey that these tests share, one after another."""
    with EmbeddedValkey(tmp_path_factory.mktemp("jobs")) as valkey:
        yield valkey.url


@pytest.fixture
def client(valkey_url: str) -> Iterator[redis.Redis]:
    """A client of an empty Valkey."""
    connected = connect(valkey_url, sender=True)
    connected.flushall()
    yield connected
    connected.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at NOW."""
    return Clock()


@pytest.fixture
def messages() -> Messages:
    """A stub broker with the queues of the bot and of two zones."""
    broker = make_stub_broker()
    broker.__class__ = Messages
    assert isinstance(broker, Messages)
    for name in (DELIVERY, "diagnose.alpha", "diagnose.beta"):
        broker.declare_queue(name)
    return broker


@pytest.fixture
def queue(client: redis.Redis, messages: Messages, clock: Clock) -> Queue:
    """The queue under test."""
    return Queue(client, messages, clock=clock)
