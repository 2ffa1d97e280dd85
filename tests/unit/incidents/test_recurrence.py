"""When a schedule is due: across the days on which clocks change, at ends of months, in leap years."""

from datetime import UTC, datetime, timedelta

import pytest

from sickbay.incidents.recurrence import Recurrence

BERLIN, LONDON = "Europe/Berlin", "Europe/London"


def local(recurrence: Recurrence, after: str, count: int = 3) -> list[str]:
    """Give the next times as clocks show them there."""
    return [f"{time:%a %d %b %H:%M}" for time in recurrence.times(datetime.fromisoformat(after), count)]


def test_the_same_hour_in_summer_and_winter() -> None:
    """Given 09:00 in London, when clocks go forward, then it stays 09:00 there, and is an hour earlier in UTC."""
    recurrence = Recurrence(cron="0 9 * * *", time_zone=LONDON)

    times = recurrence.times(datetime(2026, 3, 28, 0, tzinfo=UTC), 2)

    assert [time.astimezone(UTC).hour for time in times] == [9, 8]
    assert [time.hour for time in times] == [9, 9]


def test_a_time_that_the_clocks_skip() -> None:
    """Given 02:30 in Berlin, when clocks skip it, then it comes once that day, at the first moment after."""
    recurrence = Recurrence(cron="30 2 * * *", time_zone=BERLIN)

    assert local(recurrence, "2026-03-28T03:00+01:00") == ["Sun 29 Mar 03:00", "Mon 30 Mar 02:30", "Tue 31 Mar 02:30"]


def test_a_time_that_comes_twice() -> None:
    """Given 02:30 in Berlin, when clocks show it twice, then it comes the first time alone."""
    recurrence = Recurrence(cron="30 2 * * *", time_zone=BERLIN)

    first, second = recurrence.times(datetime.fromisoformat("2026-10-24T12:00+02:00"), 2)

    assert first.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second.astimezone(UTC) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_nothing_is_due_in_the_past() -> None:
    """Given the second of the hours that come twice, when the next time is asked for, then it is in the future."""
    recurrence = Recurrence(cron="50 2 * * *", time_zone=BERLIN)
    again = datetime(2026, 10, 25, 1, 40, tzinfo=UTC)

    assert recurrence.following(again) == datetime(2026, 10, 26, 1, 50, tzinfo=UTC)
    assert recurrence.newest(again) == datetime(2026, 10, 25, 0, 50, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_each_hour_that_passes_is_one(day: str, hours: int) -> None:
    """Given an hourly one, when a day has 23 or 25 hours, then it comes as often."""
    recurrence = Recurrence(cron="0 * * * *", time_zone=BERLIN)

    times = recurrence.times(datetime.fromisoformat(f"{day}T00:00+00:00") - timedelta(hours=3), 40)

    assert len([time for time in times if f"{time:%Y-%m-%d}" == day]) == hours


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("0 9 31 * *", "2026-01-31T10:00+00:00", ["Tue 31 Mar 09:00", "Sun 31 May 09:00", "Fri 31 Jul 09:00"]),
        ("0 9 L * *", "2026-01-31T10:00+00:00", ["Sat 28 Feb 09:00", "Tue 31 Mar 09:00", "Thu 30 Apr 09:00"]),
        ("0 9 L * *", "2028-02-01T10:00+00:00", ["Tue 29 Feb 09:00", "Fri 31 Mar 09:00", "Sun 30 Apr 09:00"]),
        ("0 9 29 2 *", "2026-01-01T00:00+00:00", ["Tue 29 Feb 09:00", "Sun 29 Feb 09:00", "Fri 29 Feb 09:00"]),
        ("0 9 LW * *", "2026-01-31T10:00+00:00", ["Fri 27 Feb 09:00", "Tue 31 Mar 09:00", "Thu 30 Apr 09:00"]),
        ("0 9 * * 1#1", "2026-11-30T10:00+00:00", ["Mon 07 Dec 09:00", "Mon 04 Jan 09:00", "Mon 01 Feb 09:00"]),
    ],
)
def test_ends_of_months_and_leap_years(cron: str, after: str, expected: list[str]) -> None:
    """Given days that not each month has, when time goes on, then it comes in the months that have them."""
    assert local(Recurrence(cron=cron, time_zone="UTC"), after) == expected


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        ("2026-11-30T09:00:00+00:00", "2026-11-30T09:00:00+00:00"),
        ("2026-11-30T09:00:00.500000+00:00", "2026-11-30T09:00:00+00:00"),
        ("2026-11-30T08:59:59.999999+00:00", "2026-11-27T09:00:00+00:00"),
        ("2026-12-06T23:00:00+00:00", "2026-12-04T09:00:00+00:00"),
    ],
)
def test_the_newest_time_that_has_come(now: str, newest: str) -> None:
    """Given a moment, when the last time that has come is asked for, then a time that is now counts."""
    recurrence = Recurrence(cron="0 9 * * 1-5", time_zone=LONDON)

    assert recurrence.newest(datetime.fromisoformat(now)) == datetime.fromisoformat(newest)


@pytest.mark.parametrize(
    ("cron", "time_zone", "expected"),
    [
        ("30 2 * * *", BERLIN, "2027-03-28T03:00:00+02:00"),
        ("0 9 * * *", BERLIN, None),
        ("30 2 * * *", "UTC", None),
        ("*/15 * * * *", BERLIN, None),
    ],
)
def test_what_the_clocks_will_put_off_is_known(cron: str, time_zone: str, expected: str | None) -> None:
    """Given a time of day, when the clocks skip it within a year, then that day is known beforehand."""
    put_off = Recurrence(cron=cron, time_zone=time_zone).put_off(datetime(2026, 11, 30, tzinfo=UTC))

    assert (put_off and put_off.isoformat()) == expected
