"""Slack's rate limits, on a clock that the test moves."""

import pytest

from sickbay.simulator.rates import Rates


class Clock:
    """A clock that stands still."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def rates(clock: Clock) -> Rates:
    """Limits that hold."""
    made = Rates()
    made.enforced, made.clock = True, clock
    return made


def taken(rates: Rates, method: str, tries: int, channel: str = "C0OPS") -> int:
    return sum(rates.wait(method, channel) == 0 for _ in range(tries))


@pytest.mark.parametrize(
    ("method", "most"), [("conversations.create", 20), ("chat.update", 50), ("views.open", 100), ("what.is.this", 50)]
)
def test_a_method_is_called_as_often_a_minute_as_its_tier_allows(
    rates: Rates, clock: Clock, method: str, most: int
) -> None:
    """Given a method of a tier, when it is called again and again, then the rest is told to wait for the minute."""
    assert taken(rates, method, most + 5) == most
    assert rates.wait(method, "") == 60

    clock.now += 60
    assert taken(rates, method, most + 5) == most


def test_new_messages_come_once_a_second_with_bursts_of_ten(rates: Rates, clock: Clock) -> None:
    """Given a channel, when an app floods it, then ten are taken at once, and about one a second over a minute."""
    assert taken(rates, "chat.postMessage", 20) == 10
    assert rates.wait("chat.postMessage", "C0OPS") == 5
    assert taken(rates, "chat.postMessage", 1, "C0GENERAL") == 1

    flood = 0
    for _ in range(59):
        clock.now += 1
        flood += taken(rates, "chat.postMessage", 5)
    assert 10 + flood == 65


def test_a_workspace_takes_several_hundred_messages_a_minute(rates: Rates) -> None:
    """Given a hundred channels, when an app writes in all of them, then it is told to wait after three hundred."""
    assert sum(taken(rates, "chat.postMessage", 5, f"C{number}") for number in range(100)) == 300


def test_who_was_refused_is_not_counted(rates: Rates, clock: Clock) -> None:
    """Given an app that does not wait, when it is refused, then its refused calls do not prolong the wait."""
    taken(rates, "chat.update", 50)
    clock.now += 59
    taken(rates, "chat.update", 500)
    clock.now += 1

    assert taken(rates, "chat.update", 50) == 50


def test_nothing_is_limited_until_it_is_asked_for() -> None:
    """Given a fresh workspace, when an app calls on and on, then nothing is refused."""
    assert taken(Rates(), "chat.update", 1000) == 1000
