"""Redis may go away at any moment of a job, before or after it wrote what it was told."""

import time
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import JUDGING
from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.model import JobState
from sickbay.jobs.queue import Queue
from tests.unit.jobs.house import Messages, report
from tests.unit.workers.house import diagnosing, raising, record, submitted, well
from workers import diagnose as module


class Away:
    """Makes one method of the queue fail its first so many times, as while Redis is away; counts the waiting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, queue: Queue, method: str, times: int, *, after: bool) -> None:
        self.waited: list[float] = []
        self._left, self._after = times, after
        monkeypatch.setattr(queue, method, partial(self._call, getattr(queue, method)))
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=time.monotonic, sleep=self.waited.append))

    def _call(self, real: Callable[..., object], *args: object, **kwargs: object) -> object:
        if not self._left:
            return real(*args, **kwargs)
        self._left -= 1
        if self._after:
            real(*args, **kwargs)
        raise QueueUnavailableError("gone")


@pytest.mark.parametrize("after", [False, True], ids=["before it is written", "after it is written"])
@pytest.mark.parametrize("method", ["record", "start", "finish"])
def test_redis_may_go_away_at_any_moment(
    queue: Queue, monkeypatch: pytest.MonkeyPatch, method: str, after: bool
) -> None:
    """Given a Redis that goes away at one call, when it is back, then the job ends once, with its report."""
    made = submitted(queue)
    queue.beat("alpha", "w")
    away = Away(monkeypatch, queue, method, 3, after=after)

    diagnosing(queue, well).run(made.id)

    ended = record(queue, made)
    assert (ended.state, ended.report, ended.attempt) == (JobState.DONE, report(), 1)
    assert away.waited == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("after", [False, True], ids=["before it is written", "after it is written"])
def test_redis_may_go_away_while_a_job_is_given_back(
    queue: Queue, messages: Messages, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """Given a Redis that goes away as a job goes back, when it is back, then the job waits, at no cost."""
    made = submitted(queue)
    messages.lose()
    Away(monkeypatch, queue, "release", 2, after=after)

    diagnosing(queue, raising(TemporaryError("The engine starts.", delay=5))).run(made.id)

    waiting = record(queue, made)
    assert (waiting.state, waiting.attempt) == (JobState.QUEUED, 0)
    assert made.id in messages.waiting("diagnose.alpha.DQ")


def test_redis_may_go_away_while_a_failure_is_told(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a Redis that goes away as a job fails, when it is back, then the job fails with its sentence."""
    made = submitted(queue)
    Away(monkeypatch, queue, "fail", 2, after=False)

    diagnosing(queue, raising(PermanentError("No access."))).run(made.id)

    assert record(queue, made).failure == "No access."


@pytest.mark.parametrize("method", ["step", "ended"])
def test_news_that_redis_misses_hold_nobody_up(queue: Queue, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Given a Redis that is away while a diagnosis runs, when it tells and asks, then it goes on without waiting."""
    made = submitted(queue)
    away = Away(monkeypatch, queue, method, 1, after=False)

    def work(budget: Budget, progress: Callable[[str], None]) -> None:
        progress(JUDGING)
        budget.raise_if_cancelled()

    diagnosing(queue, work).run(made.id)

    assert record(queue, made).state is JobState.DONE
    assert away.waited == []
