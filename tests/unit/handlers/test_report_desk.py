"""The desk of scheduled reports with a real database: who may do and see what, what is understood, what is written."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from handlers.guard import Asker, Guard
from handlers.reports import ReportDesk
from sickbay.incidents.audit import Entry
from sickbay.incidents.database import Database, DatabaseUnavailableError, sqlite_url
from sickbay.incidents.policy import Action, Policy, Rule
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.schedule import NewSchedule, Schedule
from sickbay.incidents.schedules import Schedules
from sickbay.jobs.model import Destination
from tests.unit.handlers.desks import TARGETS

#: A Monday, early.
NOW = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
OPS, DEV = "C0OPS", "C0DEV"
ALICE, BOB, MALLORY = "U0ALICE", "U0BOB", "U0MALLORY"
RULES = (
    Rule(name="reports", do=(Action.REPORT,), users=(ALICE,)),
    Rule(name="of local", do=(Action.REPORT,), on=("local",), users=(BOB,), channels=(OPS,)),
    Rule(name="on call", do=(Action.DIAGNOSE,), on=("prod-eu", "gone"), users=(ALICE,)),
)


class Room:
    """A desk and what stands behind it."""

    def __init__(self, database: Database) -> None:
        self.now = NOW
        self.zones = {ALICE: "Europe/London"}
        self.unwelcome: dict[str, str] = {}
        self.entries: list[Entry] = []
        self.away = False
        self.woken = 0
        self.schedules = Schedules(database, clock=lambda: self.now)
        guard = Guard(
            Policy(RULES), groups_of=lambda _user: frozenset(), append=self._append, incident_of=lambda _channel: None
        )
        self.desk = ReportDesk(
            guard, self.schedules, TARGETS,
            wake=self._wake, zone_of=lambda user: self.zones.get(user, ""),
            unwelcome=lambda channel, _asker: self.unwelcome.get(channel, ""), clock=lambda: self.now,
        )  # fmt: skip

    def say(self, words: str, user: str = ALICE, channel: str = OPS, request_id: str = "1.2.a") -> str:
        """Type behind `/report`."""
        place = Destination(channel=channel)
        return self.desk.take(words, asked_by=user, destination=place, request_id=request_id).text

    def added(self, words: str = "local every weekday at 09:00", **at: str) -> Schedule:
        """Add a report, and give it."""
        number = len(self.schedules.listed())
        assert self.say(f"add {words}", request_id=f"1.{number}", **at).startswith("*Report")
        return self.schedules.listed()[-1]

    def traces(self) -> list[tuple[str, str, str, str, str]]:
        """Give what the audit has: who, where, on which target, in which words, and what came of it."""
        return [(item.actor, item.channel, item.target, item.detail, item.outcome) for item in self.entries]

    def _append(self, entry: Entry) -> int:
        if self.away:
            raise DatabaseUnavailableError("the audit cannot be written")
        self.entries.append(entry)
        return len(self.entries)

    def _wake(self) -> None:
        self.woken += 1


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    database = Database(sqlite_url(tmp_path))
    database.upgrade()
    yield Room(database)
    database.close()


def test_what_was_understood_is_told_with_the_next_times(room: Room) -> None:
    """Given words for a report, when added, then they are told exactly, with three times in the asker's zone."""
    said = room.say("add local, prod-eu every weekday at 09:00 quiet")

    assert said == (
        "*Report 1*: `local`, `prod-eu` every weekday at 09:00 (Europe/London) in <#C0OPS>, only when something has "
        "changed.\nNext: Mon 30 Nov 09:00, Tue 1 Dec 09:00, Wed 2 Dec 09:00."
    )
    (schedule,) = room.schedules.listed()
    assert (schedule.targets, schedule.channel, schedule.quiet) == (("local", "prod-eu"), OPS, True)
    assert (schedule.recurrence.cron, schedule.created_by) == ("0 9 * * 1-5", ALICE)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("incidents fridays 16:00", "the digest of incidents Fridays at 16:00"),
        ("local cron 0 9 * * 1-5", "by cron `0 9 * * 1-5` (Europe/London)"),
        ("local daily at 1:30", "On Sun 28 Mar 2027 the clocks skip that time: it comes at 02:00."),
        ("local monthly on the 31st at 9", "Months without a 31st are left out"),
        ("local 1st 9:00 New York", "Next: Tue 1 Dec 09:00, Fri 1 Jan 2027 09:00, Mon 1 Feb 2027 09:00."),
    ],
)
def test_what_one_may_not_expect_is_told(room: Room, words: str, told: str) -> None:
    """Given words of which something is special, when added, then that is told."""
    assert told in room.say(f"add {words}")


@pytest.mark.parametrize("zone", ["", "Mars/Olympus"])
def test_a_time_zone_that_slack_does_not_tell(room: Room, zone: str) -> None:
    """Given a person whose zone is not known, when they add a report, then it is by UTC, which is said."""
    room.zones[ALICE] = zone

    assert "(UTC)" in room.say("add local hourly")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("add locla hourly", "There is no target `locla`. Did you mean `local`?"),
        ("add local fish", "I do not understand `fish`."),
        ("add local every 10 seconds", "is too often"),
        ("add local hourly in #ops", "I do not know the channel `#ops`."),
        ("frobnicate", "I do not know `frobnicate`."),
        ("show 7", "There is no report 7. `/report list`"),
    ],
)
def test_nothing_is_added_that_is_not_understood(room: Room, words: str, told: str) -> None:
    """Given words with a mistake, when typed, then it is said, and nothing is kept."""
    assert told in room.say(words)
    assert room.schedules.listed() == ()


def test_a_channel_in_which_nothing_can_be_posted(room: Room) -> None:
    """Given a channel without the bot, when a report shall come there, then it is refused with what to do."""
    room.unwelcome[DEV] = "Type `/invite @sickbay` there"

    assert room.say(f"add local hourly in <#{DEV}|dev>") == "Type `/invite @sickbay` there"
    schedule = room.added()
    assert room.say(f"edit {schedule.number} in <#{DEV}|dev>") == "Type `/invite @sickbay` there"
    assert room.schedules.listed() == (schedule,)


def test_the_policy_decides_for_the_channel_in_which_it_comes(room: Room) -> None:
    """Given who may have reports of one target in one channel, when they ask from elsewhere, then that one alone."""
    assert "Report 1" in room.say(f"add local hourly in <#{OPS}>", user=BOB, channel=DEV)
    assert "is not allowed for you" in room.say(f"add local hourly in <#{DEV}>", user=BOB, channel=OPS)
    assert "is not allowed for you" in room.say("add local,prod-eu hourly", user=BOB)
    assert "is not allowed for you" in room.say("add incidents hourly", user=BOB)
    assert "is not allowed for you" in room.say("edit 1 prod-eu", user=BOB)
    assert "is not allowed for you" in room.say(f"edit 1 in <#{DEV}>", user=BOB)
    assert len(room.schedules.listed()) == 1


@pytest.mark.parametrize("verb", ["pause", "resume", "remove", "now", "edit"])
def test_who_may_not_changes_nothing(room: Room, verb: str) -> None:
    """Given somebody without a rule, when they change a report, then they are refused and it is written down."""
    schedule = room.added()

    said = room.say(f"{verb} {schedule.number} quiet" if verb == "edit" else f"{verb} {schedule.number}", user=MALLORY)

    assert "is not allowed for you" in said
    assert room.schedules.listed() == (schedule,)
    assert room.schedules.open_runs() == ()
    assert room.traces()[-1] == (MALLORY, OPS, "local", f"{verb} {schedule.number}", "refused")


def test_what_is_done_is_written_down(room: Room) -> None:
    """Given a report of two targets, when added, then the audit has both with what was understood."""
    room.added("local,prod-eu mondays 8:30")

    assert room.traces() == [
        (ALICE, OPS, name, "add local,prod-eu Mondays at 08:30", "accepted") for name in ("local", "prod-eu")
    ]


def test_nothing_is_done_that_cannot_be_written_down(room: Room) -> None:
    """Given an audit that cannot be written, when a report is added, then it is refused."""
    room.away = True

    assert "cannot do this right now" in room.say("add local hourly")
    assert room.schedules.listed() == ()


def test_reports_are_seen_where_they_come_and_by_who_may_diagnose(room: Room) -> None:
    """Given a guarded target's report, when listed elsewhere, then those who may not diagnose it do not see it."""
    guarded, free = room.added("prod-eu hourly"), room.added("local hourly")

    assert room.desk.listed(Asker(MALLORY, OPS)) == (guarded, free)
    assert room.desk.listed(Asker(MALLORY, DEV)) == (free,)
    assert room.desk.listed(Asker(ALICE, DEV)) == (guarded, free)
    assert "is not allowed for you" in room.say(f"show {guarded.number}", user=MALLORY, channel=DEV)
    assert "*Report 2*: `local`" in room.say(f"show {free.number}", user=MALLORY, channel=DEV)


def test_a_report_is_shown_with_its_last_run(room: Room) -> None:
    """Given a report, when it has not come, is made, has come, then that is told."""
    number = room.added().number
    assert "It has not come yet." in room.say(f"show {number}")
    room.now = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    room.schedules.claim_due()
    assert "One is being made now." in room.say(f"show {number}")
    (run,) = room.schedules.open_runs()
    room.schedules.shown(run.id, "{}")

    assert "Last: <!date^1796029200^" in (said := room.say(f"show {number}"))
    assert ", late." in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("daily at 8", "`local` daily at 08:00 (Europe/London) in <#C0OPS>."),
        ("Europe/Paris", "`local` every weekday at 09:00 (Europe/Paris) in <#C0OPS>."),
        ("daily at 8 Europe/Paris", "`local` daily at 08:00 (Europe/Paris) in <#C0OPS>."),
        ("prod-eu, local", "`prod-eu`, `local` every weekday at 09:00 (Europe/London) in <#C0OPS>."),
        ("incidents", "the digest of incidents every weekday at 09:00"),
        (f"in <#{DEV}|dev>", "in <#C0DEV>."),
        ("quiet", "only when something has changed."),
    ],
)
def test_a_report_is_edited_in_part(room: Room, words: str, told: str) -> None:
    """Given a report, when one thing of it shall be otherwise, then the rest stays."""
    number = room.added().number

    assert told in room.say(f"edit {number} {words}")


@pytest.mark.parametrize("words", ["", "every weekday at 9:00", "local", "loud"])
def test_an_edit_that_changes_nothing_is_told(room: Room, words: str) -> None:
    """Given a report that is so already, when edited, then it is asked what shall be otherwise."""
    number = room.added().number

    assert "What shall be otherwise?" in room.say(f"edit {number} {words}")


@pytest.mark.parametrize("first", ["daily at 8", "prod-eu", f"in <#{DEV}>"])
def test_two_edits_at_once_are_both_made(room: Room, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    """Given an edit that is being made, when another overtakes it, then the report is as both say."""
    number = room.added().number
    change = room.schedules.change

    def overtaken(number: int, make: Callable[[Schedule, datetime], Schedule]) -> Schedule:
        monkeypatch.undo()
        room.say(f"edit {number} {first}")
        return change(number, make)

    monkeypatch.setattr(room.schedules, "change", overtaken)
    room.say(f"edit {number} Europe/Paris quiet")

    made = room.schedules.get(number)
    assert (made.quiet, made.recurrence.time_zone) == (True, "Europe/Paris")
    assert (made.words == "daily at 08:00", made.targets == ("prod-eu",), made.channel == DEV).count(True) == 1


def test_an_edit_is_decided_for_what_the_report_is_by_then(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given who may change a report, when it is moved to where they may not, then their edit is refused."""
    number = room.added("local hourly").number
    change = room.schedules.change

    def overtaken(number: int, make: Callable[[Schedule, datetime], Schedule]) -> Schedule:
        monkeypatch.undo()
        room.say(f"edit {number} prod-eu")
        return change(number, make)

    monkeypatch.setattr(room.schedules, "change", overtaken)

    assert "is not allowed for you" in room.say(f"edit {number} quiet", user=BOB)
    assert not room.schedules.get(number).quiet


def test_an_edit_moves_the_next_time(room: Room) -> None:
    """Given a report, when its time is edited, then its next time follows, unless it is paused."""
    number = room.added().number
    room.say(f"edit {number} daily at 7:00")
    assert room.schedules.get(number).next_at == NOW + timedelta(hours=1)

    room.say(f"pause {number}")
    assert f"It is paused: `/report resume {number}`" in room.say(f"edit {number} daily at 10:00")

    assert room.schedules.get(number).next_at is None
    assert "Next: Mon 30 Nov 10:00" in room.say(f"resume {number}")


def test_a_report_is_of_who_chose_what_it_is_of(room: Room) -> None:
    """Given somebody's report, when another edits its time, it stays theirs; when its targets, it is the other's."""
    number = room.added("local hourly", user=BOB).number

    room.say(f"edit {number} daily at 9")
    assert room.schedules.get(number).created_by == BOB

    room.say(f"edit {number} prod-eu")
    assert room.schedules.get(number).created_by == ALICE


def test_a_report_now_is_one(room: Room) -> None:
    """Given a report, when it is wanted now twice, then one is made, and whoever makes it is woken once."""
    number = room.added().number

    assert "is on its way" in room.say(f"now {number}", request_id="1.2.n")
    assert "is being made already" in room.say(f"now {number}", request_id="1.2.o")

    assert [run.asked_by for run in room.schedules.open_runs()] == [ALICE]
    assert room.woken == 1


def test_a_report_now_is_made_beside_a_quiet_one(room: Room) -> None:
    """Given a quiet report that is being made, when it is wanted now, then one is made that is shown in any case."""
    number = room.added("local every weekday at 09:00 quiet").number
    room.schedules.change(number, lambda known, now: msgspec.structs.replace(known, next_at=now))
    assert room.schedules.claim_due() == 1

    assert "is on its way" in room.say(f"now {number}", request_id="1.2.n")
    assert "is being made already" in room.say(f"now {number}", request_id="1.2.o")


def test_a_target_that_is_gone_from_the_configuration(room: Room) -> None:
    """Given a report of a target that is configured no more, then it is as guarded as ever, edited, and removed."""
    lost = NewSchedule(
        request_id="1.2.b", targets=("gone",), channel=OPS, words="hourly", quiet=False, created_by=ALICE,
        recurrence=Recurrence(cron="0 * * * *", time_zone="UTC"),
    )  # fmt: skip
    number = room.schedules.add(lost).number

    assert room.desk.listed(Asker(MALLORY, DEV)) == ()
    assert "`gone` daily at 09:00" in room.say(f"edit {number} daily at 9")
    assert "`local` daily at 09:00" in room.say(f"edit {number} local")
    number = room.schedules.add(msgspec.structs.replace(lost, request_id="1.2.c")).number
    assert "is removed. It was `gone` hourly" in room.say(f"remove {number}")


def test_what_is_offered_is_what_one_may(room: Room) -> None:
    """Given rules, when the form is opened, then it offers what the person may have there, and else says why not."""
    assert room.desk.offered(Asker(ALICE, OPS)) == ("incidents", *TARGETS)
    assert room.desk.offered(Asker(BOB, OPS)) == ("local",)
    assert room.desk.barred(Asker(BOB, OPS)) is None
    assert "is not allowed for you" in (room.desk.barred(Asker(BOB, DEV)) or "")


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("report list", "list"),
        ("/report", ""),
        ("reports", "list"),
        ("Report add local hourly", "add local hourly"),
        ("reporting", None),
    ],
)
def test_a_mention_is_for_this_desk_by_its_first_word(room: Room, words: str, heard: str | None) -> None:
    """Given words after the bot's name, when they begin with `report`, then the rest is for this desk."""
    assert room.desk.heard(words) == heard
