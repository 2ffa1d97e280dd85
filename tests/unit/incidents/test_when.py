"""Words that say when a report comes: understood as people type them, and else refused with what was understood."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.incidents.heard import WhenError
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.when import When, understand


@pytest.mark.parametrize(
    ("typed", "cron", "words"),
    [
        ("every weekday at 09:00", "0 9 * * 1-5", "every weekday at 09:00"),
        ("hourly", "0 * * * *", "hourly"),
        ("hourly at :30", "30 * * * *", "hourly at :30"),
        ("hourly on weekdays", "0 * * * 1-5", "hourly on weekdays"),
        ("every 15 min", "*/15 * * * *", "every 15 minutes"),
        ("every 15m on mon, tue", "*/15 * * * 1,2", "every 15 minutes on Mondays and Tuesdays"),
        ("every half hour", "*/30 * * * *", "every 30 minutes"),
        ("every minute", "* * * * *", "every minute"),
        ("every 60 minutes", "0 * * * *", "hourly"),
        ("every 2h at :15", "15 */2 * * *", "every 2 hours at :15"),
        ("mondays 8:30", "30 8 * * 1", "Mondays at 08:30"),
        ("8:30 every Monday", "30 8 * * 1", "Mondays at 08:30"),
        ("mon,thu 17:00", "0 17 * * 1,4", "Mondays and Thursdays at 17:00"),
        ("mon, wed and sunday at 5pm", "0 17 * * 0,1,3", "Mondays, Wednesdays and Sundays at 17:00"),
        ("mon–fri 9.05", "5 9 * * 1-5", "every weekday at 09:05"),
        ("friday to monday 9:00", "0 9 * * 0,1,5,6", "Mondays, Fridays, Saturdays and Sundays at 09:00"),
        ("weekends at noon", "0 12 * * 0,6", "weekends at 12:00"),
        ("weekly on fridays at midnight", "0 0 * * 5", "Fridays at 00:00"),
        ("daily 9am", "0 9 * * *", "daily at 09:00"),
        ("daily 12 a.m.", "0 0 * * *", "daily at 00:00"),
        ("9:00", "0 9 * * *", "daily at 09:00"),
        ("every day at 9 o'clock", "0 9 * * *", "daily at 09:00"),
        ("daily at 9:00 and 17:00", "0 9,17 * * *", "daily at 09:00 and 17:00"),
        ("monthly on the 1st at 9", "0 9 1 * *", "monthly on the 1st at 09:00"),
        ("1st and 15th of every month 9:00", "0 9 1,15 * *", "monthly on the 1st and 15th at 09:00"),
        ("last day of the month at 18:00", "0 18 L * *", "monthly on the last day at 18:00"),
        ("last working day of the month 5pm", "0 17 LW * *", "monthly on the last weekday at 17:00"),
        ("first monday of the month at 9:30", "30 9 * * 1#1", "monthly on the first Monday at 09:30"),
        ("every second monday of the month 9:00", "0 9 * * 1#2", "monthly on the second Monday at 09:00"),
        ("last friday 16:00", "0 16 * * 5L", "monthly on the last Friday at 16:00"),
        ("0 9 * * 1-5", "0 9 * * 1-5", "cron 0 9 * * 1-5"),
        ("`cron 0 9 ? * mon#1`", "0 9 * * MON#1", "cron 0 9 * * MON#1"),
        ("@daily", "0 0 * * *", "daily at 00:00"),
    ],
)  # fmt: skip
def test_words_as_people_type_them(typed: str, cron: str, words: str) -> None:
    """Given words, when understood, then they are this cron line, and its words are understood alike."""
    when = understand(typed, "Europe/London")

    assert when.recurrence == Recurrence(cron=cron, time_zone="Europe/London")
    assert when.words == words
    assert understand(when.words, "Europe/London") == when


@pytest.mark.parametrize(
    ("typed", "time_zone"),
    [
        ("daily 9:00", "Asia/Tokyo"),
        ("daily 9:00 Europe/London", "Europe/London"),
        ("daily 9:00 (europe/london)", "Europe/London"),
        ("daily 9:00 london time", "Europe/London"),
        ("daily 9:00 New York", "America/New_York"),
        ("daily 9:00 America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("0 9 */2 * * utc", "UTC"),
    ],
)
def test_a_time_zone_is_named_by_its_place(typed: str, time_zone: str) -> None:
    """Given a time zone behind the words, when understood, then it is that one; else the asker's."""
    assert understand(typed, "Asia/Tokyo").recurrence.time_zone == time_zone


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Say when, such as `every weekday at 09:00`"),
        ("Europe/London", "Say when, such as"),
        ("on fishdays at 9", "I understand `9`, but not `fishdays`. Say when, such as"),
        ("fish chips", "I do not understand `fish`, `chips`."),
        ("every 5", "I do not understand `5`."),
        ("mondays", "At what time? Such as `mondays 09:00`."),
        ("weekly 9:00", "On which day of the week?"),
        ("monthly 9:00", "On which day of the month?"),
        (":30", "`:30` of which hour?"),
        ("daily 25:00", "`25:00` is no time of day"),
        ("daily 13pm", "`13pm` is no time of day"),
        ("99th 9:00", "`99th` is no day of a month."),
        ("every 30 seconds", "`every 30 seconds` is too often: the shortest is `every minute`."),
        ("every second", "is too often"),
        ("every 0 min", "is too often"),
        ("every 45 min", "`every 45 min` does not come out even. There are 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30"),
        ("every 24 hours", "such as `daily at 9:00`"),
        ("every 1 hour 30 min", "Only one interval"),
        ("every 15 min at 9:00", "Is it every 15 minutes, or at 09:00?"),
        ("every 15 min at :05", "Is it every 15 minutes, or at :05 of each hour?"),
        ("hourly on the 1st", "goes with days of the week alone"),
        ("every second monday 9:00", "`every second monday` is nothing that a calendar tells."),
        ("every 2 weeks", "is nothing that a calendar tells"),
        ("fortnightly", "is nothing that a calendar tells"),
        ("daily at 9:00 and 17:30", "09:00 and 17:30 are not at the same minute"),
        ("mondays and 1st 9:00", "mixes days of the week and of the month"),
        ("monthly on monday 9:00", "mixes days of the week and of the month"),
        ("0 25 * * *", "the hour is not right. It has five fields"),
        ("0 0 30 2 *", "the day-of-month is not right"),
        ("0 0 9 * * *", "A cron line has five fields"),
        ("daily 9:00 EST", "`EST` is not the time of one place"),
        ("daily 9:00 Europe/Lodnon", "Did you mean `Europe/London`?"),
        ("daily 9:00 Mars/Olympus", "There is no time zone `Mars/Olympus`."),
        ("x" * 201, "That is too long"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said(typed: str, said: str) -> None:
    """Given words that do not say when, when understood, then it is said what was, what was not, and what would be."""
    with pytest.raises(WhenError) as told:
        understand(typed, "UTC")

    assert said in str(told.value)


def test_a_day_that_not_each_month_has_is_said() -> None:
    """Given the 31st, when understood, then it is said that some months are left out; the last day is in each."""
    assert "Months without a 31st are left out" in understand("monthly on the 31st at 9", "UTC").note
    assert understand("last day of the month 9:00", "UTC").note == ""


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Given whatever text, when understood, then it is refused in a sentence, or its words mean the same again."""
    with suppress(WhenError):
        _means_the_same(understand(text, "UTC"))


@given(st.lists(st.sampled_from([
    "every", "each", "at", "on", "the", "and", "of", "daily", "weekly", "monthly", "hourly", "weekdays", "mon",
    "fri-sun", "1st", "31st", "last", "first", "day", "month", "15", "min", "2", "hours", ":15", "9", "9:00", "5pm",
    "noon", "*", "0", "*/5", "1-5", ",", "-", "Europe/London", "berlin",
]), max_size=8))  # fmt: skip
def test_any_words_are_understood_or_refused(words: list[str]) -> None:
    """Given words of schedules in whatever order, when understood, then likewise."""
    with suppress(WhenError):
        _means_the_same(understand(" ".join(words), "UTC"))


def _means_the_same(when: When) -> None:
    assert understand(when.words, when.recurrence.time_zone) == when
