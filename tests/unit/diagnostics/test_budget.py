"""The time of a diagnosis, with a clock that is moved."""

import pytest

from sickbay.diagnostics.budget import DEFAULT_SECONDS, Budget
from sickbay.diagnostics.errors import CancelledError


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_time_counts_down(clock: Clock) -> None:
    """Given a budget of 60 s, when 45 s have passed, then 15 s are left."""
    budget = Budget(60, clock=clock)
    clock.now += 45

    assert budget.remaining == 15
    assert not budget.spent


def test_it_is_spent_at_its_end(clock: Clock) -> None:
    """Given a budget of 60 s, then it is spent at 60 s to the letter, and not a moment before."""
    budget = Budget(60, clock=clock)

    clock.now += 59.999
    assert not budget.spent
    clock.now += 0.001
    assert budget.spent


def test_nothing_is_left_after_the_end(clock: Clock) -> None:
    """Given a budget long over, then zero is left and not less."""
    budget = Budget(1, clock=clock)
    clock.now += 3_600

    assert budget.remaining == 0


@pytest.mark.parametrize(
    ("passed", "most", "timeout"), [(0, 10, 10), (55, 10, 5), (50, 10, 10), (60, 10, 0.01), (99, 10, 0.01)]
)
def test_a_call_may_take_what_is_left(clock: Clock, passed: float, most: float, timeout: float) -> None:
    """Given 60 s, then a call may take its own most or what is left, and always long enough to be made."""
    budget = Budget(60, clock=clock)
    clock.now += passed

    assert budget.timeout(most) == timeout


def test_without_a_word_it_takes_a_minute() -> None:
    """Given no seconds, then the default holds and the time runs by itself."""
    budget = Budget()

    assert budget.seconds == DEFAULT_SECONDS == 60
    assert 0 < budget.remaining <= 60
    budget.raise_if_cancelled()


def test_cancelling_is_asked_each_time(clock: Clock) -> None:
    """Given a person who cancels later, then the budget raises from then on."""
    cancelled: list[bool] = []
    budget = Budget(60, cancelled=lambda: bool(cancelled), clock=clock)

    budget.raise_if_cancelled()
    cancelled.append(True)

    with pytest.raises(CancelledError):
        budget.raise_if_cancelled()


def test_a_part_ends_with_the_whole_and_is_cancelled_with_it(clock: Clock) -> None:
    """Given a budget with 5 s left, then a part of it has what it asks for or those, and one cancels both."""
    cancelled: list[bool] = []
    budget = Budget(60, cancelled=lambda: bool(cancelled), clock=clock)
    clock.now += 55

    short, long = budget.part(2), budget.part(10)
    assert (short.remaining, long.remaining) == (2, 5)

    clock.now += 3
    assert short.spent
    assert not long.spent
    cancelled.append(True)
    with pytest.raises(CancelledError):
        long.raise_if_cancelled()
