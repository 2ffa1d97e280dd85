"""A report that comes by itself, and its runs, as frozen values; and what may become of it, as pure functions."""

from datetime import datetime, timedelta

import msgspec

from sickbay.incidents.recurrence import Recurrence

#: How long after its time a report is called late.
LATE = timedelta(minutes=5)


class ScheduleError(Exception):
    """Raised for what cannot be done with a schedule; the message says why, for the one who asked."""


class NewSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """A report to come. `request_id` is of the request that adds it: the same twice is one schedule.

    `targets` is empty for the digest of incidents. `words` say when, as people read them; `recurrence` says it exactly.
    A `quiet` one is posted only when something has changed.
    """

    request_id: str
    targets: tuple[str, ...]
    channel: str
    recurrence: Recurrence
    words: str
    quiet: bool
    created_by: str


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A report that comes by itself. `number` is what people call it by; `next_at` is None while it is paused.

    `created_by` is who made it what it is: who chose its targets and its channel. It is what they may have.
    """

    number: int
    targets: tuple[str, ...]
    channel: str
    recurrence: Recurrence
    words: str
    quiet: bool
    created_by: str
    created_at: datetime
    next_at: datetime | None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One report, from when it is due until nothing is left to do for it (`shown_at`).

    `asked_by` is who made the schedule, or who wanted it now. `jobs` are the jobs of `targets`, in their order, once
    they are `submitted`. `summary` is JSON of what was found, `{}` until it is shown.
    """

    id: int
    schedule: int
    key: str
    due_at: datetime
    claimed_at: datetime
    targets: tuple[str, ...]
    channel: str
    asked_by: str
    jobs: tuple[str, ...]
    submitted: bool
    shown_at: datetime | None
    summary: str

    @property
    def name(self) -> str:
        """Give what it is known by outside of the database, whose numbers begin anew with a new one."""
        return f"{self.id}:{self.claimed_at.timestamp():.0f}"

    @property
    def late(self) -> bool:
        """Say whether no bot was there when it was due."""
        return self.claimed_at - self.due_at > LATE

    @property
    def wanted(self) -> bool:
        """Say whether somebody wanted it now, beside those that come by themselves."""
        return self.key.startswith("now:")


def edited(schedule: Schedule, wanted: Schedule, now: datetime) -> Schedule:
    """Give it as wanted; a paused one stays paused, and one that comes at other times is due at the next of them."""
    next_at = schedule.next_at
    if next_at and wanted.recurrence != schedule.recurrence:
        next_at = wanted.recurrence.following(now)
    return msgspec.structs.replace(wanted, next_at=next_at)


def paused(schedule: Schedule, _now: datetime) -> Schedule:
    """Have it come no more until it is resumed."""
    if schedule.next_at is None:
        raise ScheduleError(f"Report {schedule.number} is paused already.")
    return msgspec.structs.replace(schedule, next_at=None)


def resumed(schedule: Schedule, now: datetime) -> Schedule:
    """Have it come again; what was due meanwhile does not."""
    if schedule.next_at is not None:
        raise ScheduleError(f"Report {schedule.number} is not paused.")
    return msgspec.structs.replace(schedule, next_at=schedule.recurrence.following(now))
