"""When a schedule is due: a cron line in a time zone, right across the days on which clocks change.

A time of day that the clocks skip is taken at the first moment after; one that comes twice, the first time. What comes
every hour or every few minutes goes by the hours that pass; every two hours and more, by what clocks show.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim

#: Times that are looked at for a whole year: four a day.
_YEAR = 4 * 366


class Recurrence(msgspec.Struct, frozen=True, kw_only=True):
    """A cron line of five fields, and the name of the time zone in which it is read."""

    cron: str
    time_zone: str

    def following(self, after: datetime) -> datetime | None:
        """Give the first time after that one, in UTC; None where there is none within 50 years."""
        return next(self._times(after), None)

    def newest(self, now: datetime) -> datetime | None:
        """Give the last time that has come by now, in UTC."""
        # A reversed iterator leaves out its start, unless that has a fraction of a second.
        start = (now + timedelta(microseconds=1)).astimezone(ZoneInfo(self.time_zone))
        newest = next(CronSim(self.cron, start, reverse=True), None)
        # In the hour that comes twice it may have gone a day too far.
        while newest and (later := self.following(newest)) and later <= now:
            newest = later
        return newest and newest.astimezone(UTC)

    def times(self, after: datetime, count: int) -> tuple[datetime, ...]:
        """Give the next times after that one, in the zone of the recurrence."""
        zone = ZoneInfo(self.time_zone)
        return tuple(time.astimezone(zone) for time in islice(self._times(after), count))

    def put_off(self, after: datetime) -> datetime | None:
        """Give the first time within a year that is later than the clock was to show, since the clocks skip that."""
        if any(field.startswith("*") for field in self.cron.split()[:2]):
            return None
        wanted = CronSim(self.cron, after)
        for time in self.times(after, _YEAR):
            if time > after + timedelta(days=366):
                break
            if time.hour not in wanted.hours or time.minute not in wanted.minutes:
                return time
        return None

    def _times(self, after: datetime) -> Iterator[datetime]:
        """Give the times after that one, in UTC."""
        for time in CronSim(self.cron, after.astimezone(ZoneInfo(self.time_zone))):
            # The hour that comes twice is read as its first, which may have been before.
            if time > after:
                yield time.astimezone(UTC)
