"""What words have said of when: the cron line of it, and the same in one way of words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

#: Days as cron counts them.
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
WEEKDAYS, WEEKEND = frozenset({1, 2, 3, 4, 5}), frozenset({0, 6})
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": 0}
#: The last day of a month, and the last from Monday to Friday, as cron writes them.
LAST, LAST_WEEKDAY = "L", "LW"
_NAMES = {number: name for name, number in ORDINALS.items()}


class WhenError(Exception):
    """Raised for words that do not say when; the message says what was understood, what not, and what would be."""


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """What was understood: as a cron line, in words, and what one may not expect of it."""

    cron: str
    words: str
    note: str = ""


@dataclass
class Heard:
    """What the words have said so far. Days are as cron writes them; `past` is a minute of each hour."""

    minutes: int = 0
    hours: int = 0
    past: int | None = None
    times: set[tuple[int, int]] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    nth: set[tuple[int, int]] = field(default_factory=set)
    dates: set[int | str] = field(default_factory=set)
    daily: bool = False
    weekly: bool = False
    monthly: bool = False
    understood: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def often(heard: Heard) -> Spoken:
    """Give what comes every few minutes or hours, maybe on some days of the week only."""
    each = f"every {_plural(heard.minutes, 'minute')}" if heard.minutes else _hours(heard.hours)
    if heard.times:
        raise WhenError(f"Is it {each}, or at {_clock(heard.times)}? Say one of both.")
    if heard.dates or heard.nth or heard.monthly:
        raise WhenError(f"`{each}` goes with days of the week alone, such as `{each} on weekdays`.")
    if heard.minutes and heard.past is not None:
        raise WhenError(f"Is it {each}, or at :{heard.past:02} of each hour? Say one of both.")
    past = f" at :{heard.past:02}" if heard.past else ""
    days = f" on {_days(heard.days)}" if heard.days else ""
    minute = "*" + (f"/{heard.minutes}" if heard.minutes > 1 else "") if heard.minutes else str(heard.past or 0)
    hour = f"*/{heard.hours}" if heard.hours > 1 else "*"
    return Spoken(cron=f"{minute} {hour} * * {_week(heard.days)}", words=f"{each}{past}{days}")


def at_times(heard: Heard) -> Spoken:
    """Give what comes at times of a day."""
    understood = " ".join(heard.understood)
    if heard.past is not None:
        raise WhenError(
            f"`:{heard.past:02}` of which hour? Say `hourly at :{heard.past:02}`, "
            f"or a time such as `09:{heard.past:02}`."
        )
    kinds = (heard.days or heard.daily, heard.nth, heard.dates)
    if sum(map(bool, kinds)) > 1 or (heard.monthly and (heard.days or heard.daily)):
        raise WhenError(
            f"`{understood}` mixes days of the week and of the month. Say one of both: `mondays 9:00`, "
            "or `first monday of the month 9:00`."
        )
    if heard.weekly and not heard.days:
        raise WhenError("On which day of the week? Such as `mondays 9:00`.")
    if heard.monthly and not (heard.dates or heard.nth):
        raise WhenError(
            "On which day of the month? Such as `monthly on the 1st at 9:00`, or `last day of the month 9:00`."
        )
    if not heard.times:
        raise WhenError(f"At what time? Such as `{understood} 09:00`.")
    minutes = {minute for _, minute in heard.times}
    if len(minutes) > 1:
        raise WhenError(f"{_clock(heard.times)} are not at the same minute of the hour: make a report for each.")
    hours = ",".join(str(hour) for hour, _ in sorted(heard.times))
    dates = ",".join(str(date) for date in sorted(heard.dates, key=_order)) or "*"
    nth = ",".join(f"{day}#{number}" if number else f"{day}L" for day, number in sorted(heard.nth))
    return Spoken(
        cron=f"{minutes.pop()} {hours} {dates} * {nth or _week(heard.days)}",
        words=f"{_which(heard)} at {_clock(heard.times)}",
        note=_left_out(heard.dates),
    )


def _which(heard: Heard) -> str:
    if heard.nth:
        return f"monthly on the {_listed(f'{_NAMES[number]} {DAYS[day]}' for day, number in sorted(heard.nth))}"
    if heard.dates:
        return f"monthly on the {_listed(map(_date, sorted(heard.dates, key=_order)))}"
    if heard.days == WEEKDAYS:
        return "every weekday"
    return _days(heard.days) if heard.days and len(heard.days) < len(DAYS) else "daily"


def _days(days: set[int]) -> str:
    """Give days of the week, Monday first."""
    if days in (WEEKDAYS, WEEKEND):
        return "weekdays" if days == WEEKDAYS else "weekends"
    return _listed(f"{DAYS[day]}s" for day in sorted(days, key=lambda day: day or 7))


def _week(days: set[int]) -> str:
    if days == WEEKDAYS:
        return "1-5"
    return ",".join(str(day) for day in sorted(days)) if len(days) < len(DAYS) and days else "*"


def _left_out(dates: set[int | str]) -> str:
    """Say that not every month has those days."""
    late = [date for date in dates if isinstance(date, int) and date > 28]
    if not late:
        return ""
    return f"Months without a {_date(max(late))} are left out; `last day of the month` is in each."


def _date(date: int | str) -> str:
    if isinstance(date, str):
        return "last day" if date == LAST else "last weekday"
    ending = "th" if date in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(date % 10, "th")
    return f"{date}{ending}"


def _order(date: int | str) -> int:
    return date if isinstance(date, int) else 40


def _clock(times: Iterable[tuple[int, int]]) -> str:
    return _listed(f"{hour:02}:{minute:02}" for hour, minute in sorted(times))


def _hours(count: int) -> str:
    return "hourly" if count == 1 else f"every {count} hours"


def _plural(count: int, word: str) -> str:
    return word if count == 1 else f"{count} {word}s"


def _listed(items: Iterable[str]) -> str:
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last
