"""People who wait to be acknowledged come first: what is delivered meanwhile stands back for a moment, no longer."""

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker

from bot import process
from bot.delivery import Delivery


class FakeDelivery(Delivery):
    """Notes what it is to deliver."""

    def __init__(self) -> None:
        self.synced: list[str] = []

    def sync(self, job_id: str) -> None:
        self.synced.append(job_id)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were slept, without that time passes."""
    naps: list[float] = []
    monkeypatch.setattr("bot.process.time.sleep", naps.append)
    return naps


def deliver(busy: list[bool]) -> FakeDelivery:
    """Deliver a job while somebody waits for as many looks as `busy` says so."""
    broker: dramatiq.Broker = StubBroker()
    delivery = FakeDelivery()
    process.declare_sync(broker, delivery, busy=lambda: busy.pop(0) if busy else False)
    broker.get_actor("sync").fn("default.abc")
    return delivery


def test_a_delivery_waits_until_nobody_waits(slept: list[float]) -> None:
    """Given somebody who waits for three looks, when a thread is to be brought up to date, then it is after those."""
    delivery = deliver([True, True, True])

    assert (len(slept), delivery.synced) == (3, ["default.abc"])


def test_a_delivery_waits_no_longer_than_a_second(slept: list[float]) -> None:
    """Given people who wait all the time, when a thread is to be brought up to date, then it is all the same."""
    delivery = deliver([True] * 10_000)

    assert sum(slept) <= 1.01
    assert delivery.synced == ["default.abc"]


def test_a_quiet_bot_delivers_at_once(slept: list[float]) -> None:
    """Given nobody who waits, when a thread is to be brought up to date, then it is at once."""
    assert (deliver([]).synced, slept) == (["default.abc"], [])
