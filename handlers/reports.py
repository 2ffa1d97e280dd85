"""The desk of scheduled reports: understand what somebody wants, ask the policy, keep it, and say what was understood.

What it returns is for the asker's eyes alone. The policy decides for the channel in which a report comes, wherever it
is asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

import msgspec

from handlers.blocks import notices
from handlers.blocks import reports_told as told
from handlers.grammar import GrammarError
from handlers.guard import FAILED, NOT_UNDERSTOOD, Asker, Guard
from handlers.report_grammar import DIGEST, Said, Wanted, changes, parse_report, wanted
from sickbay.diagnostics.redaction import redact
from sickbay.diagnostics.targets import Target
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.heard import WhenError
from sickbay.incidents.policy import Action
from sickbay.incidents.schedule import NewSchedule, Schedule, ScheduleError, edited, paused, resumed
from sickbay.incidents.schedules import Schedules
from sickbay.incidents.time_zones import UTC as UNKNOWN_ZONE
from sickbay.incidents.time_zones import TimeZoneError, is_zone, zone_at_end
from sickbay.incidents.when import understand
from sickbay.jobs.model import Destination


class NotTakenError(Exception):
    """Raised for what somebody cannot have; the message, mrkdwn, says why."""


class _OvertakenError(Exception):
    """Raised where a report has other targets, or another channel, than when the policy was asked."""


class Answer(msgspec.Struct, frozen=True):
    """What the asker is told, and the report with which they can go on from there; `removed` is one that is gone."""

    text: str
    schedule: Schedule | None = None
    removed: bool = False


class ReportDesk:
    """Takes what people want of scheduled reports.

    `wake` tells whoever makes them that one is wanted now; `zone_of` gives a person's time zone, nothing where it is
    not known; `unwelcome` gives why nothing shall be posted in a channel for who asks, and nothing where it can.
    """

    def __init__(
        self,
        guard: Guard,
        schedules: Schedules,
        targets: Mapping[str, Target],
        *,
        wake: Callable[[], None],
        zone_of: Callable[[str], str],
        unwelcome: Callable[[str, Asker], str],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._guard = guard
        self._schedules = schedules
        self._targets = targets
        self._wake = wake
        self._zone_of = zone_of
        self._unwelcome = unwelcome
        self._clock = clock

    def take(self, text: str, *, asked_by: str, destination: Destination, request_id: str) -> Answer:
        """Act on what a person typed behind `/report`."""
        asker = Asker(asked_by, destination.channel)
        try:
            return self._done(parse_report(text, self._targets), asker, request_id)
        except (GrammarError, WhenError) as error:
            self._guard.trace(Action.REPORT, asker, "", detail=redact(text)[:200], outcome=NOT_UNDERSTOOD)
            return Answer(told.not_understood(str(error)))
        except ScheduleError as error:
            self._guard.trace(Action.REPORT, asker, "", detail=redact(text)[:200], outcome=FAILED)
            return Answer(str(error))
        except NotTakenError as error:
            return Answer(str(error))
        except DatabaseUnavailableError as error:
            return Answer(notices.database_unavailable(str(error)))

    def heard(self, words: str) -> str | None:
        """Give what of a mention is for this desk: the words behind `report`."""
        first, rest = [*words.split(maxsplit=1), "", ""][:2]
        verb = first.lower().removeprefix("/")
        return rest or ("list" if verb == "reports" else "") if verb in {"report", "reports"} else None

    def add(self, new: Wanted, asker: Asker, request_id: str) -> Answer:
        """Add a report. Raises NotTakenError, WhenError, DatabaseUnavailableError."""
        there = Asker(asker.user, new.channel or asker.channel)
        targets = self._known(new.targets or (), there)
        when = understand(new.when, new.time_zone or self.zone_of(asker.user))
        self._admit(there, targets, f"add {_named(targets)} {when.words}")
        self._welcome(there.channel, asker)
        schedule = self._schedules.add(
            NewSchedule(
                request_id=request_id,
                targets=targets,
                channel=there.channel,
                recurrence=when.recurrence,
                words=when.words,
                quiet=bool(new.quiet),
                created_by=asker.user,
            )
        )
        return Answer(told.added(schedule, self._clock(), when.note), schedule)

    def edit(self, number: int, new: Wanted, asker: Asker) -> Answer:
        """Have a report be otherwise. Raises NotTakenError, GrammarError, WhenError, ScheduleError, and as `add`."""
        before = self.changeable(number, asker, "edit")
        there = Asker(asker.user, new.channel or before.channel)
        self._known(new.targets or (), there)
        after, note = _otherwise(before, new, asker.user)
        if after == before:
            raise GrammarError(f"What shall be otherwise? Such as `/report edit {number} daily at 9:00`.")
        if _subject(after) != _subject(before):
            self._admit(there, after.targets, f"edit {number} {_named(after.targets)}")
        if there.channel != before.channel:
            self._welcome(there.channel, asker)

        def change(held: Schedule, now: datetime) -> Schedule:
            # The policy was asked of what the report was then.
            if _subject(held) != _subject(before):
                raise _OvertakenError
            return edited(held, _otherwise(held, new, asker.user)[0], now)

        try:
            changed = self._schedules.change(number, change)
        except _OvertakenError:
            return self.edit(number, new, asker)
        return Answer(told.added(changed, self._clock(), note), changed)

    def act(self, verb: str, number: int, asker: Asker, request_id: str) -> Answer:
        """Do something with a report. Raises NotTakenError, ScheduleError, DatabaseUnavailableError."""
        schedule = self.changeable(number, asker, verb)
        match verb:
            case "pause":
                schedule = self._schedules.change(number, paused)
                return Answer(told.paused(schedule), schedule)
            case "resume":
                schedule = self._schedules.change(number, resumed)
                return Answer(told.added(schedule, self._clock()), schedule)
            case "remove":
                return Answer(told.removed(self._schedules.remove(number)), removed=True)
        # A quiet one that is under way may say nothing.
        under_way = (run for run in self._schedules.runs(number, 1) if run.shown_at is None)
        already = any(run.wanted or not schedule.quiet for run in under_way)
        if not already:
            self._schedules.run_now(number, request_id, by=asker.user)
            self._wake()
        return Answer(told.on_its_way(schedule, already=already))

    def show(self, number: int, asker: Asker) -> Answer:
        """Show a report to somebody who may see it, or change it. Raises as `act`."""
        schedule = self._schedules.get(number)
        if not self._may_see(asker, schedule):
            self.changeable(number, asker, "show")
        runs = self._schedules.runs(number, 1)
        return Answer(told.report_shown(schedule, runs, self._clock()), schedule)

    def changeable(self, number: int, asker: Asker, what: str) -> Schedule:
        """Give a report to somebody who may change it. Raises as `act`."""
        schedule = self._schedules.get(number)
        self._admit(Asker(asker.user, schedule.channel), schedule.targets, f"{what} {number}")
        return schedule

    def editable(self, number: int, asker: Asker) -> Schedule | str:
        """Give a report to somebody who may change it, or the sentence why not."""
        try:
            return self.changeable(number, asker, "edit form")
        except (NotTakenError, ScheduleError) as error:
            return str(error)
        except DatabaseUnavailableError as error:
            return notices.database_unavailable(str(error))

    def listed(self, asker: Asker) -> tuple[Schedule, ...]:
        """Give the reports that somebody may see there. Raises DatabaseUnavailableError."""
        return tuple(item for item in self._schedules.listed() if self._may_see(asker, item))

    def offered(self, asker: Asker) -> tuple[str, ...]:
        """Give the names of what somebody may have a report of there: the digest, and targets."""
        digest = (DIGEST,) if self._guard.may(Action.REPORT, asker, None) else ()
        return (*digest, *self._reportable(asker))

    def barred(self, asker: Asker) -> str | None:
        """Give the sentence for somebody who may have no report there, of whatever target."""
        return None if self.offered(asker) else self._guard.refusal(Action.REPORT, asker, None, "form")

    def zone_of(self, user: str) -> str:
        """Give a person's time zone, UTC where Slack tells none."""
        zone = self._zone_of(user)
        return zone if is_zone(zone) else UNKNOWN_ZONE

    def _done(self, said: Said, asker: Asker, request_id: str) -> Answer:
        match said.verb:
            case "add":
                return self.add(wanted(said.rest, self._targets), asker, request_id)
            case "edit":
                return self.edit(said.number, changes(said.rest, self._targets), asker)
            case "show":
                return self.show(said.number, asker)
            case "list":
                return Answer(told.report_list(self.listed(asker)))
            case "help":
                return Answer(told.report_usage())
        return self.act(said.verb, said.number, asker, request_id)

    def _reportable(self, asker: Asker) -> dict[str, Target]:
        return {name: item for name, item in self._targets.items() if self._guard.may(Action.REPORT, asker, item)}

    def _known(self, names: Sequence[str], asker: Asker) -> tuple[str, ...]:
        """Give the names, all of which are of targets. Raises NotTakenError."""
        for name in names:
            if name not in self._targets:
                known = self._reportable(asker)
                near = get_close_matches(name, known, n=3)
                raise NotTakenError(notices.unknown_target(name, near, known))
        return tuple(names)

    def _admit(self, asker: Asker, targets: Sequence[str], detail: str) -> None:
        """Let somebody do that with reports of these targets there. Raises NotTakenError, DatabaseUnavailableError."""
        concerned = self._concerned(targets)
        for target in concerned:
            if refusal := self._guard.refusal(Action.REPORT, asker, target, detail):
                raise NotTakenError(refusal)
        for target in concerned:
            self._guard.admit(Action.REPORT, asker, target, detail)

    def _welcome(self, channel: str, asker: Asker) -> None:
        if why := self._unwelcome(channel, asker):
            raise NotTakenError(why)

    def _may_see(self, asker: Asker, schedule: Schedule) -> bool:
        """Say whether somebody sees a report there: it comes there, or they may diagnose all its targets there."""
        return schedule.channel == asker.channel or all(
            self._guard.may(Action.DIAGNOSE, asker, target) for target in self._concerned(schedule.targets)
        )

    def _concerned(self, names: Sequence[str]) -> Sequence[Target | None]:
        """Give what a report is of, None for the digest.

        What is gone from the configuration is still matched by its name: its report must be removable.
        """
        return [self._targets.get(name) or Target(name=name, platform="") for name in names] or [None]


def _named(targets: Sequence[str]) -> str:
    return ",".join(targets) or DIGEST


def _subject(schedule: Schedule) -> tuple[tuple[str, ...], str]:
    """Give what the policy is asked about: the targets, and the channel."""
    return schedule.targets, schedule.channel


def _otherwise(before: Schedule, new: Wanted, user: str) -> tuple[Schedule, str]:
    """Give a report with what is named otherwise, and what one may not expect of its times. Raises WhenError."""
    when = understand(*_words(new, before))
    after = msgspec.structs.replace(
        before,
        targets=before.targets if new.targets is None else new.targets,
        channel=new.channel or before.channel,
        recurrence=when.recurrence,
        words=when.words,
        quiet=before.quiet if new.quiet is None else new.quiet,
    )
    # From now on it is what this person may have.
    moved = _subject(after) != _subject(before)
    return msgspec.structs.replace(after, created_by=user if moved else before.created_by), when.note


def _words(new: Wanted, before: Schedule) -> tuple[str, str]:
    """Give the words and the time zone in which they are meant: those of before where the new ones say nothing."""
    zone = new.time_zone or before.recurrence.time_zone
    try:
        named, rest = zone_at_end(new.when.split())
    except TimeZoneError:
        # Whoever understands the words says what is wrong with it.
        return new.when, zone
    return (new.when, zone) if rest else (before.words, named or zone)
