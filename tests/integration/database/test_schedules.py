"""Schedules on both databases: each time is one run, however many bots look, and after a time in which none looked."""

import threading
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import update

from sickbay.incidents.database import Database
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.schedule import NewSchedule, ScheduleError, paused, resumed
from sickbay.incidents.schedules import Schedules
from sickbay.incidents.tables import SCHEDULES
from tests.integration.database.clock import Clock

#: A Monday.
AT = datetime(2026, 11, 30, 8, 59, 50, tzinfo=UTC)
NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)
WEEKDAYS = Recurrence(cron="0 9 * * 1-5", time_zone="Europe/London")
NEW = NewSchedule(
    request_id="1.2.a",
    targets=("prod", "hub"),
    channel="C0OPS",
    recurrence=WEEKDAYS,
    words="every weekday at 09:00",
    quiet=False,
    created_by="U0ALICE",
)


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
def schedules(database: Database, clock: Clock) -> Schedules:
    return Schedules(database, clock=clock)


def test_a_schedule_is_given_back_as_it_was_added(schedules: Schedules) -> None:
    """Given a new schedule, when it is read, then it is as it was said, and due at its next time."""
    added = schedules.add(NEW)

    assert schedules.get(added.number) == added
    assert schedules.listed() == schedules.listed(channel="C0OPS") == (added,)
    assert schedules.listed(channel="C0DEV") == ()
    assert (added.targets, added.channel, added.recurrence) == (("prod", "hub"), "C0OPS", WEEKDAYS)
    assert (added.created_at, added.next_at) == (AT, NINE)


def test_the_same_request_adds_one(schedules: Schedules) -> None:
    """Given a request that Slack repeats, when it is added twice, then there is one schedule."""
    assert schedules.add(NEW) == schedules.add(NEW)

    assert len(schedules.listed()) == 1


def test_a_number_that_is_not_there(schedules: Schedules) -> None:
    """Given no schedule of that number, when anything is wanted of it, then it is said what there is instead."""
    for wanted in (
        lambda: schedules.get(7),
        lambda: schedules.remove(7),
        lambda: schedules.change(7, paused),
        lambda: schedules.run_now(7, "1.2.n", by="U0BOB"),
    ):
        with pytest.raises(ScheduleError, match=r"no report 7\. `/report list`"):
            wanted()


def test_nothing_is_due_before_its_time(schedules: Schedules) -> None:
    """Given a schedule, when it is looked for before its time, then nothing runs."""
    schedules.add(NEW)

    assert schedules.claim_due() == 0
    assert schedules.open_runs() == ()


def test_what_is_due_is_one_run(schedules: Schedules, clock: Clock) -> None:
    """Given a schedule, when its time comes, then one run of it is open, and the next time is set."""
    added = schedules.add(NEW)
    clock.now = NINE + timedelta(seconds=1)

    assert [schedules.claim_due(), schedules.claim_due()] == [1, 0]

    (run,) = schedules.open_runs()
    assert (run.schedule, run.due_at, run.claimed_at, run.late) == (added.number, NINE, clock.now, False)
    assert (run.targets, run.channel, run.asked_by) == (NEW.targets, "C0OPS", "U0ALICE")
    assert (run.jobs, run.submitted, run.shown_at, run.summary) == ((), False, None, "{}")
    assert schedules.get(added.number).next_at == NINE + timedelta(days=1)


def test_after_a_time_without_a_bot_there_is_one_late_run(schedules: Schedules, clock: Clock) -> None:
    """Given that no bot ran from Monday to Thursday noon, when one starts, then one run, Thursday's, is late."""
    schedules.add(NEW)
    clock.now = NINE + timedelta(days=3, hours=3)

    schedules.claim_due()

    (run,) = schedules.open_runs()
    assert (run.due_at, run.late) == (NINE + timedelta(days=3), True)
    assert schedules.listed()[0].next_at == NINE + timedelta(days=4)


def test_bots_that_look_at_once(schedules: Schedules, database: Database, clock: Clock) -> None:
    """Given 20 schedules due at once, when four bots look at the same moment, then each has one run."""
    for number in range(20):
        schedules.add(msgspec.structs.replace(NEW, request_id=f"1.{number}"))
    clock.now = NINE
    ready = threading.Barrier(4)
    claimed: list[int] = []

    def look() -> None:
        bot = Schedules(database, clock=clock)
        ready.wait()
        while count := bot.claim_due(limit=3):
            claimed.append(count)

    bots = [threading.Thread(target=look) for _ in range(4)]
    for bot in bots:
        bot.start()
    for bot in bots:
        bot.join()
    schedules.claim_due()

    assert sum(claimed) <= 20
    assert sorted(run.schedule for run in schedules.open_runs()) == [added.number for added in schedules.listed()]


def test_a_run_goes_its_way(schedules: Schedules, clock: Clock) -> None:
    """Given an open run, when it is submitted and shown, then it is open no more and keeps what it found."""
    added = schedules.add(NEW)
    clock.now = NINE
    schedules.claim_due()
    (run,) = schedules.open_runs()

    schedules.submitted(run.id, ["default.1", ""])
    (submitted,) = schedules.open_runs(submitted=True)
    assert schedules.open_runs(submitted=False) == ()
    schedules.shown(run.id, '{"found":1}')

    assert (submitted.submitted, submitted.jobs) == (True, ("default.1", ""))
    assert schedules.open_runs() == ()
    (shown,) = schedules.runs(added.number)
    assert (shown.shown_at, shown.summary) == (NINE, '{"found":1}')


def test_the_newest_runs_are_kept(schedules: Schedules, clock: Clock) -> None:
    """Given more runs than are kept, when the last is shown, then the oldest is forgotten, and no other schedule's."""
    first, second = (schedules.add(msgspec.structs.replace(NEW, request_id=name)) for name in ("a", "b"))
    other = schedules.run_now(second.number, "x", by="U0BOB")
    schedules.shown(other.id, "{}")
    runs = []
    for number in range(101):
        clock.now += timedelta(seconds=1)
        runs.append(schedules.run_now(first.number, str(number), by="U0BOB"))
        schedules.shown(runs[-1].id, "{}")

    assert [run.id for run in schedules.runs(first.number, 200)] == [run.id for run in runs[:0:-1]]
    assert [run.id for run in schedules.runs(second.number)] == [other.id]


def test_a_run_at_once(schedules: Schedules) -> None:
    """Given a request for a run now that Slack repeats, when it is made twice, then one run is open, and not late."""
    added = schedules.add(NEW)

    runs = [schedules.run_now(added.number, "1.2.n", by="U0BOB") for _ in range(2)]

    assert runs[0] == runs[1]
    assert schedules.open_runs() == (runs[0],)
    assert (runs[0].asked_by, runs[0].due_at, runs[0].late) == ("U0BOB", AT, False)
    assert schedules.get(added.number).next_at == NINE


def test_a_paused_one_does_not_come(schedules: Schedules, clock: Clock) -> None:
    """Given a paused schedule, when its time passes and it is resumed, then only its next time is a run."""
    added = schedules.add(NEW)
    schedules.change(added.number, paused)
    clock.now = NINE + timedelta(hours=1)
    assert schedules.claim_due() == 0

    resumed_one = schedules.change(added.number, resumed)

    assert resumed_one.next_at == NINE + timedelta(days=1)
    assert schedules.claim_due() == 0
    assert schedules.get(added.number) == resumed_one


def test_a_move_that_changes_nothing(schedules: Schedules) -> None:
    """Given a schedule that is as somebody wants it, when they ask for that, then it is said."""
    number = schedules.add(NEW).number

    with pytest.raises(ScheduleError, match="is not paused"):
        schedules.change(number, resumed)
    schedules.change(number, paused)
    with pytest.raises(ScheduleError, match="is paused already"):
        schedules.change(number, paused)


def test_a_removed_one_leaves_its_number_to_nobody(schedules: Schedules, clock: Clock) -> None:
    """Given a schedule with a run, when it is removed, then the run is gone too, and the next has a new number."""
    removed = schedules.add(NEW)
    run = schedules.run_now(removed.number, "1.2.n", by="U0BOB")

    assert schedules.remove(removed.number) == removed

    assert (schedules.listed(), schedules.open_runs()) == ((), ())
    schedules.shown(run.id, "{}")
    added = schedules.add(msgspec.structs.replace(NEW, request_id="1.2.b"))
    assert added.number > removed.number
    assert schedules.run_now(added.number, "1.2.n", by="U0BOB").id > run.id


def test_a_clock_that_was_ahead(schedules: Schedules, clock: Clock) -> None:
    """Given a clock that jumps a year ahead and is set back, when time goes on, then no time is skipped or doubled."""
    added = schedules.add(NEW)
    clock.now = NINE
    schedules.claim_due()
    clock.now = NINE + timedelta(days=365)
    schedules.claim_due()
    clock.now = NINE - timedelta(minutes=1)
    schedules.claim_due()
    assert schedules.get(added.number).next_at == NINE

    for clock.now in (NINE, NINE + timedelta(days=1)):
        schedules.claim_due()

    times = [run.due_at for run in schedules.open_runs()]
    assert times == [NINE, NINE + timedelta(days=365), NINE + timedelta(days=1)]


def test_one_that_cannot_go_on_keeps_no_other_back(schedules: Schedules, database: Database, clock: Clock) -> None:
    """Given a schedule whose time zone is no longer known, when it is due, then it runs and is paused; others go on."""
    lost, fine = (schedules.add(msgspec.structs.replace(NEW, request_id=name)) for name in ("a", "b"))
    with database.begin() as connection:
        renamed = update(SCHEDULES).where(SCHEDULES.c.number == lost.number).values(time_zone="Europe/Atlantis")
        connection.execute(renamed)
    clock.now = NINE

    schedules.claim_due()

    assert [run.schedule for run in schedules.open_runs()] == [lost.number, fine.number]
    assert schedules.get(lost.number).next_at is None
    assert schedules.get(fine.number).next_at == NINE + timedelta(days=1)
