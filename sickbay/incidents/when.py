"""Words that say when a report comes: `every weekday at 09:00`, `every 15 min`, `mondays 8:30`, a cron line.

They are read word by word, in any order; what is not understood is said beside what is.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
from cronsim import CronSim, CronSimError

from sickbay.incidents.heard import (
    DAYS,
    LAST,
    LAST_WEEKDAY,
    ORDINALS,
    WEEKDAYS,
    WEEKEND,
    Heard,
    Spoken,
    WhenError,
    at_times,
    often,
)
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.time_zones import TimeZoneError, zone_at_end

EXAMPLES = (
    "`every weekday at 09:00`, `every 15 min`, `mondays 8:30`, `monthly on the 1st at 9:00` or `cron 0 9 * * 1-5`"
)
#: What comes at all comes within 50 years of any day.
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
#: Characters that say when: no such sentence is longer.
_LONGEST = 200
#: Words that are not understood are repeated so far.
_REPEATED, _CUT = 5, 40
_SHORT = {name[:3].lower(): number for number, name in enumerate(DAYS)}
#: Numbers of minutes and hours that fit into an hour and a day: cron counts from the start of each.
_MINUTES, _HOURS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30), (1, 2, 3, 4, 6, 8, 12)
_SHORTHANDS = {
    "@hourly": "hourly", "@daily": "daily at 00:00", "@midnight": "daily at 00:00", "@weekly": "sundays at 00:00",
    "@monthly": "monthly on the 1st at 00:00",
}  # fmt: skip
_REWRITTEN = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2013\u2014", "-") | dict.fromkeys("\u201c\u201d\u2018\u2019\"'`()[]") | {"\u00a0": " "}
)
_FIELDS = "five fields: minute, hour, day of the month, month, day of the week"
_CRON = re.compile(r"(?:cron )?((?:[\d*/,?-]+ ){2}(?:[\da-z*/,?#-]+ ){2}[\da-z*/,?#-]+)")
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?"
_NTH = r"(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)"
_EACH = r"(?:every|each)"
_AM_PM = r"(?: ?([ap])\.?m\.?)"
_OF_MONTH = r"(?:(?:of|in) (?:(?:the|every|each|a) )?|a |per )month"


class When(msgspec.Struct, frozen=True, kw_only=True):
    """When it is meant: exactly, in words that are understood again, and what one may not expect of it."""

    recurrence: Recurrence
    words: str
    note: str = ""


def understand(text: str, time_zone: str) -> When:
    """Understand when it is meant, in that time zone unless the words name another. Raises WhenError."""
    plain = " ".join(text.translate(_REWRITTEN).split())
    if len(plain) > _LONGEST:
        raise WhenError(f"That is too long for a time. Say when, such as {EXAMPLES}.")
    try:
        named, words = zone_at_end([word.strip(",") for word in plain.split() if word.strip(",")])
    except TimeZoneError as error:
        raise WhenError(str(error)) from error
    rest = " ".join(words).lower()
    rest = _SHORTHANDS.get(rest, rest)
    if not rest:
        raise WhenError(f"Say when, such as {EXAMPLES}.")
    line = _CRON.fullmatch(rest)
    if not line and "*" in rest.split():
        raise WhenError(f"A cron line has {_FIELDS}.")
    spoken = _of_cron(line[1]) if line else _of_words(rest)
    recurrence = Recurrence(cron=spoken.cron, time_zone=named or time_zone)
    if not recurrence.times(_SOME_DAY, 1):
        raise WhenError(f"`{spoken.words}` never comes.")
    return When(recurrence=recurrence, words=spoken.words, note=spoken.note)


def _of_cron(line: str) -> Spoken:
    cron = line.replace("?", "*").upper()
    try:
        CronSim(cron, _SOME_DAY)
    except CronSimError as error:
        raise WhenError(
            f"In the cron line `{line}` the {str(error).removeprefix('Bad ')} is not right. It has {_FIELDS}."
        ) from error
    return Spoken(cron=cron, words=f"cron {cron}")


def _of_words(text: str) -> Spoken:
    heard = Heard()
    place = 0
    while place < len(text):
        place = _hear(heard, text, place)
    if heard.unknown:
        unknown = ", ".join(f"`{word}`" for word in heard.unknown[:_REPEATED])
        understood = ", ".join(f"`{word}`" for word in heard.understood)
        start = f"I understand {understood}, but not {unknown}." if understood else f"I do not understand {unknown}."
        raise WhenError(f"{start} Say when, such as {EXAMPLES}.")
    return often(heard) if heard.minutes or heard.hours else at_times(heard)


def _hear(heard: Heard, text: str, place: int) -> int:
    """Understand what stands there; give where the next words begin."""
    for pattern, take in _RULES:
        if found := pattern.match(text, place):
            if take:
                take(heard, found)
                heard.understood.append(found[0].strip(" ,"))
            return found.end()
    end = text.find(" ", place) + 1 or len(text)
    heard.unknown.append(text[place:end].strip(" ,")[:_CUT])
    return end


def _too_often(_heard: Heard, found: re.Match[str]) -> None:
    raise WhenError(f"`{found[0].strip(' ,')}` is too often: the shortest is `every minute`.")


def _uneven(_heard: Heard, found: re.Match[str]) -> None:
    raise WhenError(
        f"`{found[0].strip(' ,')}` is nothing that a calendar tells. There are days of the week (`mondays 9:00`) "
        "and of the month (`monthly on the 1st and 15th at 9:00`)."
    )


def _minutes(heard: Heard, found: re.Match[str]) -> None:
    _every(heard, int(found[1] or 1), found)


def _hours(heard: Heard, found: re.Match[str]) -> None:
    _every(heard, 60 * int(found[1] or 1), found)


def _every(heard: Heard, minutes: int, found: re.Match[str]) -> None:
    """Take a number of minutes, where cron can count them."""
    hours, rest = divmod(minutes, 60)
    if heard.minutes or heard.hours:
        raise WhenError("Only one interval, please, such as `every 15 min` or `every 2 hours`.")
    if rest == 0 and hours in _HOURS:
        heard.hours = hours
    elif minutes in _MINUTES:
        heard.minutes = minutes
    else:
        raise WhenError(
            f"`{found[0].strip(' ,')}` does not come out even. There are {_either(_MINUTES)} minutes, "
            f"{_either(_HOURS)} hours, and times of a day, such as `daily at 9:00`."
        )


def _either(numbers: Sequence[int]) -> str:
    return f"{', '.join(map(str, numbers[:-1]))} or {numbers[-1]}"


def _past(heard: Heard, found: re.Match[str]) -> None:
    heard.past = int(found[1])


def _day(heard: Heard, found: re.Match[str]) -> None:
    heard.days.add(_SHORT[found[1][:3]])


def _range(heard: Heard, found: re.Match[str]) -> None:
    first, last = (_SHORT[name[:3]] for name in found.groups())
    heard.days |= {(first + number) % 7 for number in range((last - first) % 7 + 1)}


def _nth(heard: Heard, found: re.Match[str]) -> None:
    number = ORDINALS.get(found[1])
    heard.nth.add((_SHORT[found[2][:3]], int(found[1][0]) if number is None else number))


def _date(heard: Heard, found: re.Match[str]) -> None:
    if not 1 <= int(found[1]) <= 31:
        raise WhenError(f"`{found[0].strip(' ,')}` is no day of a month.")
    heard.dates.add(int(found[1]))


def _time(heard: Heard, found: re.Match[str]) -> None:
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if not (1 <= hour <= 12 if half else hour <= 23) or minute > 59:
        raise WhenError(f"`{found[0].strip(' ,')}` is no time of day: there are 00:00 to 23:59.")
    heard.times.add((hour % 12 + (12 if half == "p" else 0) if half else hour, minute))


def _rule(
    pattern: str, take: Callable[[Heard, re.Match[str]], object] | None
) -> tuple[re.Pattern[str], Callable[[Heard, re.Match[str]], object] | None]:
    """Give a rule for whole words, with what separates them from the next."""
    return re.compile(rf"(?:{pattern})(?:[ ,]+|$)"), take


#: What words there are, the longer before the shorter; those that say nothing are last.
_RULES = (
    _rule(rf"{_EACH} (?:other|second|2nd) {_DAY}(?! (?:of|in) )", _uneven),
    _rule(rf"{_EACH} (?:other|second|third|\d+(?:nd|rd|th)) (?:day|week|month)(?! (?:of|in) )", _uneven),
    _rule(rf"{_EACH} \d+ ?(?:d|days?|w|weeks?|months?)|bi-?weekly|fortnightly", _uneven),
    _rule(rf"(?:{_EACH} )?({_NTH}) ({_DAY})", _nth),
    _rule(r"first day", lambda heard, _found: heard.dates.add(1)),
    _rule(r"last day", lambda heard, _found: heard.dates.add(LAST)),
    _rule(r"last (?:week|work|working |business )day", lambda heard, _found: heard.dates.add(LAST_WEEKDAY)),
    _rule(rf"(?:{_EACH} )?(?:\d+ ?)?(?:s|secs?|seconds?)", _too_often),
    _rule(rf"(?:{_EACH} )?0+ ?(?:m|mins?|minutes?|h|hrs?|hours?)", _too_often),
    _rule(rf"(?:{_EACH} )?(\d{{1,6}}) ?-?(?:m|mins?|minutes?)", _minutes),
    _rule(rf"{_EACH} min(?:ute)?()|minutely", _minutes),
    _rule(rf"(?:{_EACH} )?half(?:[ -]an)?[ -]hour(?:ly)?", lambda heard, found: _every(heard, 30, found)),
    _rule(rf"(?:{_EACH} )?(\d{{1,4}}) ?-?(?:h|hrs?|hours?|hourly)", _hours),
    _rule(rf"{_EACH} hour()|hourly", _hours),
    _rule(r"(?:at )?:([0-5]\d)", _past),
    _rule(r"(?:at )?([0-5]?\d) (?:min(?:ute)?s? )?past(?: (?:the|every|each) hour)?", _past),
    _rule(rf"({_DAY}) ?(?:-|to|until|through) ?({_DAY})", _range),
    _rule(rf"({_DAY})", _day),
    _rule(r"(?:week|work|working |business )days?", lambda heard, _found: heard.days.update(WEEKDAYS)),
    _rule(r"weekends?", lambda heard, _found: heard.days.update(WEEKEND)),
    _rule(r"(?:day )?(\d{1,2})(?:st|nd|rd|th)(?: day)?", _date),
    _rule(r"day (\d{1,2})", _date),
    _rule(rf"daily|{_EACH} ?day|(?:a|per) day", lambda heard, _found: setattr(heard, "daily", True)),
    _rule(rf"weekly|{_EACH} week|(?:a|per) week", lambda heard, _found: setattr(heard, "weekly", True)),
    _rule(rf"monthly|{_EACH} month|{_OF_MONTH}", lambda heard, _found: setattr(heard, "monthly", True)),
    _rule(r"noon|midday", lambda heard, _found: heard.times.add((12, 0))),
    _rule(r"midnight", lambda heard, _found: heard.times.add((0, 0))),
    _rule(rf"(\d{{1,2}})[:.h](\d\d){_AM_PM}?", _time),
    _rule(rf"(\d{{1,2}})(){_AM_PM}", _time),
    _rule(r"(?<!every )(?<!each )(\d{1,2})()()", _time),
    _rule(rf"{_EACH}|at|on|the|and|&|of|once|oclock|-", None),
)
