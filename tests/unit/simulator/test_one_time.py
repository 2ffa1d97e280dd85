"""Trigger ids and response URLs: how long and how often they work, with the time moved."""

import pytest

from sickbay.simulator.errors import SlackError
from sickbay.simulator.one_time import OneTime


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock to move."""
    return Clock()


def test_a_trigger_is_good_for_three_seconds(clock: Clock) -> None:
    """Given a trigger, when three seconds have passed, then it still works; a moment later it is expired."""
    one_time = OneTime(clock)
    in_time, too_late = one_time.trigger("U0ALICE"), one_time.trigger("U0BOB")

    clock.now += 3.0
    assert one_time.pull(in_time) == "U0ALICE"
    clock.now += 0.001
    with pytest.raises(SlackError, match=r"^expired_trigger_id$"):
        one_time.pull(too_late)


def test_a_trigger_waits_for_an_app_that_has_more_time(clock: Clock) -> None:
    """Given an app that has a minute to answer, when half of it is over, then the trigger still works."""
    one_time = OneTime(clock, answers_within=lambda: 60.0)
    trigger = one_time.trigger("U0ALICE")

    clock.now += 30

    assert one_time.pull(trigger) == "U0ALICE"


def test_a_trigger_works_once(clock: Clock) -> None:
    """Given a trigger that was used, when it is used again, then it was exchanged, also after it would have expired."""
    one_time = OneTime(clock)
    trigger = one_time.trigger("U0ALICE")
    one_time.pull(trigger)

    clock.now += 10
    with pytest.raises(SlackError, match=r"^exchanged_trigger_id$"):
        one_time.pull(trigger)


def test_an_unknown_trigger_is_invalid(clock: Clock) -> None:
    """Given no trigger, when one is made up, then it is invalid."""
    with pytest.raises(SlackError, match=r"^invalid_trigger_id$"):
        OneTime(clock).pull("12345.98765.abcd2358fdea")


def test_a_response_url_works_five_times(clock: Clock) -> None:
    """Given a response URL, when it is used a sixth time, then it is used up."""
    one_time = OneTime(clock)
    key = one_time.response("C0OPS", "U0ALICE")

    used = [one_time.respond(key).user for _ in range(5)]

    assert used == ["U0ALICE"] * 5
    with pytest.raises(SlackError, match=r"^used_url$"):
        one_time.respond(key)


def test_a_response_url_works_for_half_an_hour(clock: Clock) -> None:
    """Given a response URL, when half an hour has passed, then it still works; a moment later it is expired."""
    one_time = OneTime(clock)
    key = one_time.response("C0OPS", "U0ALICE")

    clock.now += 1800
    one_time.respond(key)
    clock.now += 0.001
    with pytest.raises(SlackError, match=r"^expired_url$"):
        one_time.respond(key)


def test_what_expired_long_ago_is_forgotten(clock: Clock) -> None:
    """Given thousands of clicks over days, when another comes, then the workspace has not grown with them."""
    one_time = OneTime(clock)
    for _ in range(2000):
        one_time.trigger("U0ALICE")
        one_time.response("C0OPS", "U0ALICE")
        clock.now += 60

    assert len(one_time._triggers) < 100
    assert len(one_time._responses) < 100
