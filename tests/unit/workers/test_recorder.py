"""A recorder writes down what a watch sees: once, in order, by one of several, through a Redis that goes away."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import redis
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from sickbay.diagnostics.errors import PermanentError, TemporaryError
from sickbay.diagnostics.events import Batch, Event, EventKind, History, Hole
from sickbay.jobs.broker import connect
from sickbay.jobs.event_log import EventLog
from tests.unit.jobs.house import NOW, Clock
from tests.unit.workers.house import TARGET
from workers import recorder
from workers.recorder import FIRST_DELAY, LAST_DELAY, OVERFLOWN, Recorder, Watch

#: What one turn of a stub watch does: it yields batches, is cut (returns) or fails (raises).
Turn = Callable[[str], Iterator[Batch]]


class Stopping(threading.Event):
    """Is set when a watch has had its turns; a wait costs no time, and is written down."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.left = turns
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        self.left -= 1
        if self.left <= 0:
            self.set()
        return self.is_set()


@pytest.fixture
def event_log(client: redis.Redis, clock: Clock) -> EventLog:
    return EventLog(client, clock=clock)


def event(name: str, *, after: str = "web:2") -> Event:
    return Event(at=NOW, source="docker events", subject=f"container/{name}", kind=EventKind.IMAGE, after=after)


def batch(number: int, *names: str, lost: str = "") -> Batch:
    """Give the batch of one minute, which leaves its number as the cursor."""
    until = NOW + timedelta(minutes=number)
    return Batch(until=until, cursor=str(number), events=tuple(event(name) for name in names), lost=lost)


def turns(*given: Turn | list[Batch] | Exception) -> tuple[Watch, list[str]]:
    """Give a watch that does one thing after another, and the cursors that it is begun with."""
    cursors: list[str] = []
    left = list(given)

    def watch(cursor: str, _stopping: threading.Event) -> Iterator[Batch]:
        cursors.append(cursor)
        turn = left.pop(0) if left else []
        if isinstance(turn, Exception):
            raise turn
        yield from turn if isinstance(turn, list) else turn(cursor)

    return watch, cursors


def run(
    event_log: EventLog, watch: Watch, *, times: int = 1, holder: str = "one", clock: Clock | None = None
) -> Stopping:
    stopping = Stopping(times)
    Recorder(event_log, TARGET, watch, holder=holder, stopping=stopping, clock=clock or Clock()).run()
    return stopping


def history(event_log: EventLog, minutes: int = 60) -> History:
    return event_log.history(TARGET.zone, TARGET.name, NOW, NOW + timedelta(minutes=minutes))


def names(event_log: EventLog) -> list[str]:
    return [change.subject.partition("/")[2] for change in history(event_log).changes]


def holes(event_log: EventLog, minutes: int) -> tuple[Hole, ...]:
    coverage = history(event_log, minutes).coverage
    assert coverage
    return coverage.holes


@contextmanager
def away(client: redis.Redis) -> Iterator[None]:
    """Let Redis refuse every change, as one that is full does."""
    client.config_set("maxmemory", "1")
    try:
        yield
    finally:
        client.config_set("maxmemory", "0")


def test_what_a_watch_sees_is_written_down_in_order(event_log: EventLog) -> None:
    """Given batches, when a recorder runs, then their events are in the log, and counted."""
    before = REGISTRY.get_sample_value("sickbay_recorded_events_total", {"target": "host"}) or 0.0
    watch, cursors = turns([batch(0), batch(1, "a", "b"), batch(2), batch(3, "c")])

    run(event_log, watch)

    assert cursors == [""]
    assert names(event_log) == ["a", "b", "c"]
    assert event_log.cursor(TARGET.zone, TARGET.name) == "3"
    assert REGISTRY.get_sample_value("sickbay_recorded_events_total", {"target": "host"}) == before + 3
    until = REGISTRY.get_sample_value("sickbay_recorded_until_seconds", {"target": "host"})
    assert until == (NOW + timedelta(minutes=3)).timestamp()


def test_a_watch_that_is_cut_goes_on_where_it_was(event_log: EventLog) -> None:
    """Given a watch that is cut again and again, when it is begun again, then from its last batch on, soon, no hole."""
    watch, cursors = turns(*([batch(number, str(number))] for number in range(5)))

    stopping = run(event_log, watch, times=5)

    assert cursors == ["", "0", "1", "2", "3"]
    assert names(event_log) == ["0", "1", "2", "3", "4"]
    assert holes(event_log, 4) == ()
    assert stopping.waits == [FIRST_DELAY] * 5


def test_another_recorder_goes_on_where_one_ended(event_log: EventLog) -> None:
    """Given a recorder that ended, when another begins, then it has the target at once and its cursor."""
    run(event_log, turns([batch(7, "a")])[0])
    watch, cursors = turns([batch(8, "b")])

    run(event_log, watch, holder="two")

    assert cursors == ["7"]
    assert names(event_log) == ["a", "b"]


def test_a_second_recorder_stands_by(event_log: EventLog) -> None:
    """Given a recorder at work, when another begins, then it watches nothing and asks again every few seconds."""
    event_log.acquire(TARGET.zone, TARGET.name, "one")
    watch, cursors = turns([batch(1, "a")])

    stopping = run(event_log, watch, holder="two", times=3)

    assert cursors == []
    assert stopping.waits == [3.0] * 3
    assert not event_log.acquire(TARGET.zone, TARGET.name, "two")


def test_a_recorder_that_lost_its_target_stops_to_write(event_log: EventLog, client: redis.Redis) -> None:
    """Given a recorder that was stopped so long that another took over, when it goes on, then it writes nothing."""

    def slow(_cursor: str) -> Iterator[Batch]:
        yield batch(1, "a")
        client.delete("sickbay:recorder:alpha:host")
        event_log.record(TARGET.zone, TARGET.name, batch(2, "b"), "two")
        yield batch(3, "b", "c")
        raise AssertionError("it went on")

    run(event_log, turns(slow)[0])

    assert names(event_log) == ["a", "b"]


@pytest.mark.parametrize("error", [PermanentError("It may not."), TemporaryError("It is away.", delay=0.5)])
def test_a_watch_that_fails_is_tried_ever_later_and_says_why(event_log: EventLog, error: Exception) -> None:
    """Given a target that cannot be watched, when tried, then ever later, up to a minute, and the log says why."""
    watch, cursors = turns(*[error] * 9)

    stopping = run(event_log, watch, times=9)

    assert len(cursors) == 9
    assert stopping.waits == [FIRST_DELAY * 2**power for power in range(6)] + [LAST_DELAY] * 3
    assert [hole.reason for hole in holes(event_log, 60)] == [f"the recorder cannot watch: {error}"]


def test_a_watch_that_breaks_is_begun_again(event_log: EventLog) -> None:
    """Given a watch with a fault of ours in it, when it breaks, then it is begun again from its last batch on."""

    def broken(_cursor: str) -> Iterator[Batch]:
        yield batch(1, "a")
        raise KeyError("containers")

    watch, cursors = turns(broken, [])
    run(event_log, watch, times=2)

    assert cursors == ["", "1"]
    reason = "the recorder cannot watch: Something in Sickbay broke. The recorder's log has the reason."
    assert reason in [hole.reason for hole in holes(event_log, 60)]


def test_a_target_says_how_long_to_leave_it_alone(event_log: EventLog) -> None:
    """Given a target that throttles, when its watch fails, then it is left alone for as long as it says."""
    watch, _ = turns(*[TemporaryError("Too many requests.", delay=7.0)] * 4)

    assert run(event_log, watch, times=4).waits == [7.0, 7.0, 7.0, 8.0]


def test_a_watch_that_works_again_is_tried_soon_when_it_ends(event_log: EventLog) -> None:
    """Given a target that was away, when it is back and cut later, then it is tried again soon."""
    watch, _ = turns(*[TemporaryError("away", delay=0)] * 4, [batch(1)], TemporaryError("away", delay=0))

    stopping = run(event_log, watch, times=6)

    assert stopping.waits == [1, 2, 4, 8, 1, 2]


def test_a_target_that_stays_away_is_warned_of_once(event_log: EventLog) -> None:
    """Given a target that cannot be watched for one reason after another, when tried, then one warning says so."""
    watch, _ = turns(*(PermanentError(f"Connection 0x{number} is refused.") for number in range(5)), [batch(1)])

    with capture_logs() as logs:
        run(event_log, watch, times=6)

    assert [(entry["state"], entry["log_level"]) for entry in logs] == [
        ("cannot watch", "warning"),
        *[("cannot watch", "info")] * 4,
        ("records", "info"),
    ]


def test_what_a_watch_lost_is_a_hole(event_log: EventLog) -> None:
    """Given a watch that lost something, when it says so, then the log has it as a hole, without secrets."""
    run(event_log, turns([batch(0), batch(1), batch(2, "a", lost="410: password=hunter2hunter2 is too old")])[0])

    (hole,) = holes(event_log, 2)
    assert (hole.since, hole.until) == (NOW + timedelta(minutes=1), NOW + timedelta(minutes=2))
    assert hole.reason.startswith("410: ")
    assert "hunter2" not in hole.reason


def test_no_secret_is_written_down(event_log: EventLog, client: redis.Redis) -> None:
    """Given an event that carries a secret, when it is recorded, then Redis holds none."""
    secret = event("web", after="--password=hunter2hunter2")

    run(event_log, turns([Batch(until=NOW, events=(secret,))])[0])

    written = str([client.xrange(key) for key in client.scan_iter("sickbay:changes:*")])
    assert "--password=" in written
    assert "hunter2" not in written


def test_what_happens_while_redis_is_away_is_written_when_it_is_back(event_log: EventLog, client: redis.Redis) -> None:
    """Given a Redis that goes away for a while, when it is back, then all is there once, in order, without a hole."""
    clock = Clock()

    def through(_cursor: str) -> Iterator[Batch]:
        yield batch(0)
        with away(client):
            for number in range(1, 4):
                clock.move(5)
                yield batch(number, str(number))
        yield batch(4, "too soon to ask Redis again")
        clock.move(5)
        yield batch(5, "5")

    run(event_log, turns(through)[0], clock=clock)

    assert names(event_log) == ["1", "2", "3", "too soon to ask Redis again", "5"]
    assert holes(event_log, 5) == ()


def test_a_watch_that_is_cut_while_redis_is_away_goes_on(event_log: EventLog, client: redis.Redis) -> None:
    """Given no Redis, when the watch is cut, then it goes on from what was seen last, and all is written later."""
    clock = Clock()

    def first(_cursor: str) -> Iterator[Batch]:
        yield batch(0)
        client.config_set("maxmemory", "1")
        yield batch(1, "1")

    def second(_cursor: str) -> Iterator[Batch]:
        yield batch(2, "2")
        client.config_set("maxmemory", "0")
        clock.move(5)
        yield batch(3)

    watch, cursors = turns(first, second)
    run(event_log, watch, clock=clock, times=2)

    assert cursors == ["", "1"]
    assert names(event_log) == ["1", "2"]
    assert holes(event_log, 3) == ()


def test_what_cannot_be_kept_while_redis_is_away_is_a_hole(
    event_log: EventLog, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more than can be kept while Redis is away, when it is back, then the newest are there, the rest a hole."""
    monkeypatch.setattr(recorder, "MOST_KEPT", 5)
    clock = Clock()

    def through(_cursor: str) -> Iterator[Batch]:
        yield batch(0)
        with away(client):
            for number in range(1, 7):
                clock.move(5)
                yield batch(number, str(number))
        clock.move(5)
        yield batch(7)

    run(event_log, turns(through)[0], clock=clock)

    assert names(event_log) == ["5", "6"]
    assert holes(event_log, 7) == (Hole(since=NOW, until=NOW + timedelta(minutes=5), reason=OVERFLOWN),)


def test_quiet_while_redis_is_away_costs_nothing(event_log: EventLog, client: redis.Redis) -> None:
    """Given hours without an event and without Redis, when it is back, then one batch tells of them."""
    clock = Clock()
    written: list[Batch] = []
    record = event_log.record

    def through(_cursor: str) -> Iterator[Batch]:
        yield batch(0)
        with away(client):
            for number in range(1, 1000):
                clock.move(10)
                yield batch(number)
        clock.move(10)
        written.clear()
        yield batch(1000, "a")

    def spy(zone: str, target: str, batch: Batch, holder: str) -> None:
        written.append(batch)
        record(zone, target, batch, holder)

    event_log.record = spy  # type: ignore[method-assign]
    run(event_log, turns(through)[0], clock=clock)

    assert [each.cursor for each in written] == ["1000"]
    assert holes(event_log, 60) == ()


def test_a_recorder_begins_before_its_redis(clock: Clock) -> None:
    """Given no Redis at all, when a recorder runs and ends, then it has tried ever later, and watched nothing."""
    watch, cursors = turns([batch(1)])

    stopping = run(EventLog(connect("redis://127.0.0.1:1", sender=True), clock=clock), watch, times=3)

    assert cursors == []
    assert stopping.waits == [1, 2, 4]


def test_a_recorder_stays_while_its_watch_is_slow_to_tell(event_log: EventLog, client: redis.Redis) -> None:
    """Given a watch that says nothing for a while, when its process speaks for it, then it stays, but not for ever."""
    clock, stopping = Clock(), Stopping(1)

    def slow(_cursor: str) -> Iterator[Batch]:
        for seconds, stays in ((119, True), (2, False)):
            clock.move(seconds)
            client.delete("sickbay:recorder:alpha:host")
            made.stay()
            assert client.exists("sickbay:recorder:alpha:host") == stays
        yield batch(1)
        client.delete("sickbay:recorder:alpha:host")
        made.stay()
        assert client.exists("sickbay:recorder:alpha:host")

    made = Recorder(event_log, TARGET, turns(slow)[0], holder="one", stopping=stopping, clock=clock)
    made.stay()
    assert not client.exists("sickbay:recorder:alpha:host")
    made.run()
    made.stay()

    assert event_log.cursor(TARGET.zone, TARGET.name) == "1"
    assert not client.exists("sickbay:recorder:alpha:host")
