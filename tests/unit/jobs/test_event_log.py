"""What recorders write down is told again: the changes of a time, and when nobody watched."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import redis

from sickbay.diagnostics.events import LONGEST_VALUE, Batch, Event, EventKind, Hole
from sickbay.jobs import event_log
from sickbay.jobs.broker import connect
from sickbay.jobs.errors import NotRecorderError, QueueUnavailableError
from sickbay.jobs.event_log import LEASE, EventLog
from sickbay.jobs.model import KEEP_EVENTS
from tests.unit.jobs.house import NOW, Clock

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def events(client: redis.Redis, clock: Clock) -> EventLog:
    return EventLog(client, clock=clock)


def event(name: str = "web", kind: EventKind = EventKind.IMAGE, *, at: datetime = NOW, after: str = "web:2") -> Event:
    return Event(at=at, source="docker events", subject=f"container/{name}", kind=kind, after=after)


def watch(
    log: EventLog, clock: Clock, *happened: Event, cursor: str = "", lost: str = "", until: datetime | None = None
) -> None:
    """Write down a batch that ends now."""
    log.record("alpha", "host", Batch(until=until or clock.now, cursor=cursor, events=happened, lost=lost), "one")


def watch_on(log: EventLog, clock: Clock, span: timedelta) -> None:
    """Write down that nothing happens in the time that comes."""
    clock.move(span.total_seconds())
    watch(log, clock)


def holes(log: EventLog, clock: Clock, since: datetime = NOW) -> tuple[Hole, ...]:
    coverage = log.history("alpha", "host", since, clock.now).coverage
    assert coverage
    return coverage.holes


def test_changes_are_told_the_oldest_first_and_happenings_apart(events: EventLog, clock: Clock) -> None:
    """Given changes and happenings in no order, when asked, then history has the changes and events all, by time."""
    died = event("web", EventKind.DIED, at=NOW + 2 * MINUTE)
    later, sooner = event("b", at=NOW + 3 * MINUTE), event("a", EventKind.SCALE, at=NOW + MINUTE)
    watch(events, clock)
    clock.move(300)
    watch(events, clock, later, died, sooner)

    assert events.history("alpha", "host", NOW, clock.now).changes == (sooner, later)
    assert events.events("alpha", "host", NOW, clock.now, 10) == (sooner, died, later)
    assert events.events("alpha", "host", NOW, clock.now, 2) == (died, later)


def test_only_the_time_that_was_asked_for_is_told(events: EventLog, clock: Clock) -> None:
    """Given changes before, in and after a time, when asked for that time, then only those in it are told."""
    before, within, after = (event(name, at=NOW + number * HOUR) for number, name in enumerate(("a", "b", "c")))
    clock.move(3 * 3600)
    watch(events, clock, before, within, after)

    assert events.history("alpha", "host", NOW + HOUR, NOW + HOUR).changes == (within,)


def test_a_clock_of_the_target_that_runs_ahead_hides_nothing(events: EventLog, clock: Clock) -> None:
    """Given an event whose moment is still to come, when asked up to now, then it is told: it was written by then."""
    ahead = event(at=NOW + HOUR)
    clock.move(60)
    watch(events, clock, ahead)

    assert events.history("alpha", "host", NOW, clock.now).changes == (ahead,)


def test_targets_and_zones_are_apart(events: EventLog, clock: Clock) -> None:
    """Given targets whose names hold every separator, when one changed, then the others did not."""
    clock.move(1)
    batch = Batch(until=clock.now, cursor="7", events=(event(),))
    events.record("alpha", "team/host.2", batch, "one")

    assert events.history("alpha", "team/host.2", NOW, clock.now).changes == (event(),)
    assert events.cursor("alpha", "team/host.2") == "7"
    for zone, target in (("beta", "team/host.2"), ("alpha", "team/host"), ("alpha", "2")):
        told = events.history(zone, target, NOW, clock.now)
        assert told.changes == ()
        assert told.coverage
        assert told.coverage.sources == ()
        assert events.cursor(zone, target) == ""


def test_a_batch_that_is_sent_twice_is_written_once(events: EventLog, clock: Clock) -> None:
    """Given a batch whose answer got lost, when it is sent again, then its events stand there once."""
    clock.move(1)
    for _ in range(2):
        watch(events, clock, event(), event("db", EventKind.DIED), lost="the daemon was restarted")

    assert len(events.events("alpha", "host", NOW, clock.now, 10)) == 2


def test_the_cursor_is_that_of_the_last_batch(events: EventLog, clock: Clock) -> None:
    """Given batches, when asked where to take up, then that is where the last one ended, whatever it holds."""
    watch(events, clock, event(), cursor="41")
    clock.move(10)
    watch(events, clock, cursor='{"pods": "✓"}')

    assert events.cursor("alpha", "host") == '{"pods": "✓"}'


def test_one_recorder_holds_a_target(events: EventLog, clock: Clock) -> None:
    """Given a recorder, when another asks for its target or writes, then it is refused, and nothing is written."""
    assert events.acquire("alpha", "host", "one")
    assert events.acquire("alpha", "host", "one")
    assert not events.acquire("alpha", "host", "two")
    assert events.acquire("beta", "host", "two")

    with pytest.raises(NotRecorderError, match="Another recorder watches host"):
        events.record("alpha", "host", Batch(until=clock.now, cursor="9", events=(event(),)), "two")

    assert events.cursor("alpha", "host") == ""
    assert events.events("alpha", "host", NOW, clock.now, 10) == ()


def test_a_target_that_was_let_go_is_anybody_s(events: EventLog, clock: Clock, client: redis.Redis) -> None:
    """Given recorders that ended or went silent, when another asks for their target, then it has it."""
    events.acquire("alpha", "host", "one")
    events.release("alpha", "host", "two")
    assert not events.acquire("alpha", "host", "two")
    events.release("alpha", "host", "one")
    assert events.acquire("alpha", "host", "two")

    assert 0 < client.pttl("sickbay:recorder:alpha:host") <= LEASE.total_seconds() * 1000
    client.delete("sickbay:recorder:alpha:host")
    watch(events, clock)
    assert not events.acquire("alpha", "host", "two")


def test_a_target_that_was_watched_all_the_time_has_no_holes(events: EventLog, clock: Clock) -> None:
    """Given batches without a gap, when asked for a time within them, then it is covered wholly."""
    watch(events, clock)
    for _ in range(6):
        watch_on(events, clock, timedelta(seconds=10))
    clock.move(15)

    told = events.history("alpha", "host", NOW, clock.now)

    assert told.coverage
    assert (told.coverage.since, told.coverage.until) == (NOW, clock.now)
    assert told.coverage.sources == ("recorder",)
    assert told.coverage.holes == ()


def test_time_before_the_first_batch_and_after_the_last_is_a_hole(events: EventLog, clock: Clock) -> None:
    """Given a recorder that began late and ended early, when asked, then both times are holes, cut to fit."""
    clock.move(3600)
    watch(events, clock)
    watch_on(events, clock, HOUR)
    clock.move(3600)

    first, last = holes(events, clock)

    assert first == Hole(since=NOW, until=NOW + HOUR, reason="no recorder had begun to watch")
    assert last == Hole(since=NOW + 2 * HOUR, until=NOW + 3 * HOUR, reason="no recorder has written since")
    assert holes(events, clock, NOW + 2 * HOUR + MINUTE)[0].since == NOW + 2 * HOUR + MINUTE
    told = events.history("alpha", "host", NOW - HOUR, NOW)
    assert told.coverage
    assert [(hole.since, hole.until) for hole in told.coverage.holes] == [(NOW - HOUR, NOW)]


def test_what_is_lost_is_a_hole_since_the_batch_before(events: EventLog, clock: Clock) -> None:
    """Given watches that lost something, when asked, then each time is a hole; neighbours of one reason are one."""
    watch(events, clock)
    for lost in ("", "too old", "too old", "daemon restarted", "", "daemon restarted"):
        clock.move(60)
        watch(events, clock, lost=lost)

    assert holes(events, clock) == (
        Hole(since=NOW + MINUTE, until=NOW + 3 * MINUTE, reason="too old"),
        Hole(since=NOW + 3 * MINUTE, until=NOW + 4 * MINUTE, reason="daemon restarted"),
        Hole(since=NOW + 5 * MINUTE, until=NOW + 6 * MINUTE, reason="daemon restarted"),
    )


def test_what_the_first_watch_ever_lost_is_before_its_beginning(events: EventLog, clock: Clock) -> None:
    """Given a first batch that says something is lost, when asked, then nobody had begun to watch."""
    clock.move(60)
    watch(events, clock, lost="too old")

    assert [hole.reason for hole in holes(events, clock)] == ["no recorder had begun to watch"]


def test_a_clock_that_is_set_back_is_a_hole(events: EventLog, clock: Clock) -> None:
    """Given a clock that jumped ahead and is set back, when asked, then its wrong time is a hole, and nothing lost."""
    watch(events, clock)
    clock.move(3600)
    first = event("a", at=clock.now)
    watch(events, clock, first)
    clock.move(-3540)
    second = event("b", at=clock.now)
    watch(events, clock, second)
    for _ in range(70):
        watch_on(events, clock, MINUTE)

    told = events.history("alpha", "host", NOW, clock.now)

    assert told.changes == (second, first)
    assert holes(events, clock) == (
        Hole(
            since=NOW + MINUTE,
            until=NOW + HOUR,
            reason="the clock was set back: moments in this time are uncertain",
        ),
    )


def test_a_recorder_that_began_in_the_future_has_begun_when_it_is_back(events: EventLog, clock: Clock) -> None:
    """Given a first batch by a clock months ahead, when that is set back, then what follows is told."""
    clock.move(100 * 86_400)
    watch(events, clock, event("ahead", at=clock.now))
    clock.move(-100 * 86_400)
    watch(events, clock)
    began = clock.now
    for number in range(3):
        clock.move(60)
        watch(events, clock, event(str(number), at=clock.now))
    clock.move(-5)

    told = events.history("alpha", "host", began, clock.now)

    assert [change.subject for change in told.changes] == ["container/0", "container/1"]
    assert {hole.reason for hole in holes(events, clock, began)} == {
        "the clock was set back: moments in this time are uncertain"
    }


def test_a_log_that_was_emptied_by_a_clock_ahead_goes_on(events: EventLog, clock: Clock, client: redis.Redis) -> None:
    """Given streams whose last entries, written years ahead, are gone, when a batch comes, then it is there."""
    ahead = int((clock() + 10**9) * 1000)
    for kind in ("changes", "happenings", "holes"):
        client.xdel(
            f"sickbay:{kind}:alpha:host", client.xadd(f"sickbay:{kind}:alpha:host", {"a": b"b"}, id=f"{ahead}-0")
        )
    watch(events, clock)
    clock.move(60)
    watch(events, clock, event(at=clock.now), event("db", EventKind.DIED, at=clock.now), lost="too old")

    assert len(events.events("alpha", "host", NOW, clock.now, 10)) == 2
    assert [hole.reason for hole in holes(events, clock)] == ["too old"]


def test_sources_of_a_watch_may_differ_by_seconds(events: EventLog, clock: Clock) -> None:
    """Given a batch that ends two seconds before the last one, when asked, then that is no hole."""
    watch(events, clock)
    watch_on(events, clock, MINUTE)
    watch(events, clock, until=clock.now - timedelta(seconds=2))

    assert holes(events, clock) == ()


def test_a_recorder_far_ahead_throws_nothing_away(events: EventLog, client: redis.Redis, clock: Clock) -> None:
    """Given a recorder whose clock is years ahead of Redis, when it writes, then what is there stays."""
    now = datetime.fromtimestamp(client.time()[0], NOW.tzinfo)
    clock.now = now
    old = event(at=now)
    watch(events, clock, old)
    clock.move(timedelta(days=900).total_seconds())
    watch(events, clock)

    assert events.history("alpha", "host", now, now + MINUTE).changes == (old,)


def test_old_events_are_thrown_away_and_it_is_said(events: EventLog, clock: Clock) -> None:
    """Given events older than is kept, when asked, then they are gone, and that time is a hole."""
    watch(events, clock, event("a"), event("a", EventKind.DIED))
    clock.move(3600)
    watch(events, clock, event("b", at=clock.now), event("b", EventKind.DIED, at=clock.now))
    clock.move((KEEP_EVENTS - MINUTE).total_seconds())
    watch(events, clock)

    assert [told.subject for told in events.events("alpha", "host", NOW, clock.now, 10)] == ["container/b"] * 2
    first, *_ = holes(events, clock)
    assert first == Hole(since=NOW, until=NOW + HOUR - MINUTE, reason="what is older is not kept")


def test_too_many_events_are_thrown_away_and_it_is_said(client: redis.Redis, clock: Clock) -> None:
    """Given more changes than are kept, when asked, then the newest are there, and the time before is a hole."""
    events = EventLog(client, most=3, clock=clock)
    watch(events, clock)
    for number in range(5):
        clock.move(60)
        watch(events, clock, event(str(number), at=clock.now))
        watch(events, clock, *(event(str(n), EventKind.DIED, at=clock.now, after=str(number)) for n in range(5)))

    told = events.history("alpha", "host", NOW, clock.now)

    assert [change.subject for change in told.changes] == ["container/2", "container/3", "container/4"]
    assert told.coverage
    assert told.coverage.holes == (Hole(since=NOW, until=NOW + 3 * MINUTE, reason="what is older is not kept"),)
    assert len(events.events("alpha", "host", NOW, clock.now, 100)) == 6


def test_too_many_changes_are_read_in_part_and_it_is_said(
    events: EventLog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more changes than are read at once, when asked, then the newest are told, and the rest is a hole."""
    monkeypatch.setattr(event_log, "MOST_READ", 2)
    watch(events, clock)
    for number in range(4):
        clock.move(60)
        watch(events, clock, event(str(number), at=clock.now))

    told = events.history("alpha", "host", NOW, clock.now)

    assert [change.subject for change in told.changes] == ["container/2", "container/3"]
    assert holes(events, clock)[0].until == NOW + 3 * MINUTE
    assert "older ones are not read" in holes(events, clock)[0].reason


def test_a_target_that_cannot_be_watched_is_said_with_the_reason(events: EventLog, clock: Clock) -> None:
    """Given a recorder that cannot watch, when asked, then the hole says why, until a batch is written again."""
    clock.move(60)
    events.trouble("alpha", "host", "The role may not watch pods.")
    assert holes(events, clock) == (
        Hole(since=NOW, until=clock.now, reason="the recorder cannot watch: The role may not watch pods."),
    )
    began = clock.now
    watch(events, clock)
    clock.move(3600)
    assert holes(events, clock, began) == (Hole(since=began, until=clock.now, reason="no recorder has written since"),)
    events.trouble("alpha", "host", "It does not answer.")
    assert holes(events, clock, began) == (
        Hole(since=began, until=clock.now, reason="the recorder cannot watch: It does not answer."),
    )


def test_that_a_target_cannot_be_watched_is_said_once(events: EventLog, clock: Clock) -> None:
    """Given a reason that says by itself that it cannot be watched, when asked, then that is not said twice."""
    clock.move(60)
    events.trouble("alpha", "host", "host cannot be watched: Connection refused")

    assert [hole.reason for hole in holes(events, clock)] == ["host cannot be watched: Connection refused"]


def test_what_nobody_writes_any_more_is_forgotten(events: EventLog, clock: Clock, client: redis.Redis) -> None:
    """Given a target that is removed from the configuration, when its time is over, then Redis holds nothing of it."""
    clock.move(1)
    watch(events, clock, event(), event("db", EventKind.DIED))
    clock.move(1)
    watch(events, clock, lost="too old")

    kept = {key: client.ttl(key) for key in client.scan_iter("*:alpha:host")}

    assert set(kept) == {
        f"sickbay:{kind}:alpha:host".encode() for kind in ("changes", "happenings", "holes", "watched", "recorder")
    }
    assert all(0 < seconds <= KEEP_EVENTS.total_seconds() for seconds in kept.values())


def test_what_cannot_be_read_is_said(events: EventLog, clock: Clock, client: redis.Redis) -> None:
    """Given entries that no version of ours wrote, when asked, then the others are told, and a hole says how many."""
    clock.move(1)
    watch(events, clock, event())
    client.xadd("sickbay:changes:alpha:host", {"event": b"\xff{"})
    client.xadd("sickbay:changes:alpha:host", {"other": b"1"})

    told = events.history("alpha", "host", NOW + timedelta(seconds=-1), clock.now)

    assert told.changes == (event(),)
    assert "2 recorded changes cannot be read" in [hole.reason for hole in holes(events, clock)]
    for began in (b"yesterday", b"4e18"):
        client.hset("sickbay:watched:alpha:host", "began", began)
        assert "what the recorder wrote of itself cannot be read" in [hole.reason for hole in holes(events, clock)]
    ahead = msgspec.json.encode(event(at=clock.now + timedelta(hours=1)))
    client.xadd("sickbay:changes:alpha:host", {"event": ahead}, id=f"{2**64 - 1}-1")
    assert "3 recorded changes cannot be read" in [hole.reason for hole in holes(events, clock)]


def test_a_redis_that_is_away_is_said(events: EventLog, clock: Clock) -> None:
    """Given no Redis, when anything is asked, then it is one error for all."""
    away = EventLog(connect("redis://127.0.0.1:1", sender=True), clock=clock)

    with pytest.raises(QueueUnavailableError):
        away.history("alpha", "host", NOW, NOW)
    with pytest.raises(QueueUnavailableError):
        away.record("alpha", "host", Batch(until=NOW), "one")
    with pytest.raises(QueueUnavailableError):
        away.acquire("alpha", "host", "one")


def test_the_longest_event_comes_back_whole(events: EventLog, clock: Clock) -> None:
    """Given an event as long as one may be, in words that are no ASCII, when asked, then it is the same."""
    long = event(after="ö" * LONGEST_VALUE)
    watch(events, clock, long)

    assert events.history("alpha", "host", NOW, NOW).changes == (long,)


def test_a_user_of_one_zone_records_that_zone_alone(valkey_url: str, client: redis.Redis, clock: Clock) -> None:
    """Given a Redis user with the keys that docs/memory.md names, when it records, then its own zone, and no other."""
    told = (Path(__file__).parents[3] / "docs" / "memory.md").read_text()
    (rules,) = re.findall(r"ACL SETUSER (sickbay-prod .*)", told)
    user, *given = rules.split()
    execute: Callable[..., object] = client.execute_command
    execute("ACL", "SETUSER", user, *(rule.replace("PASSWORD", "secret") for rule in given))
    mine = EventLog(redis.Redis.from_url(valkey_url, username=user, password="secret"), clock=clock)
    try:
        clock.move(1)
        assert mine.acquire("prod", "host", "one")
        mine.record("prod", "host", Batch(until=clock.now, cursor="7", events=(event(),), lost="too old"), "one")
        mine.trouble("prod", "host", "It does not answer.")
        mine.release("prod", "host", "one")
        assert mine.cursor("prod", "host") == "7"
        assert mine.history("prod", "host", NOW, clock.now).changes == (event(),)
        with pytest.raises(QueueUnavailableError, match="permission"):
            mine.history("alpha", "host", NOW, clock.now)
    finally:
        execute("ACL", "DELUSER", user)
