"""The desk of incidents with a real database: who may do and see what, what is written down, and what happens once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from handlers.guard import Asker, Guard
from handlers.incident_grammar import Titled
from handlers.incidents import IncidentDesk
from sickbay.incidents.audit import Entry
from sickbay.incidents.database import Database, DatabaseUnavailableError, sqlite_url
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.lifecycle import IncidentError
from sickbay.incidents.model import EntryKind, Incident, IncidentSeverity, Opening, Role
from sickbay.incidents.policy import Action, Policy, Rule
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.model import Destination
from tests.unit.handlers.desks import TARGETS

OPS, ELSEWHERE = Destination(channel="C0OPS"), Destination(channel="C0GENERAL")
RULES = (
    Rule(name="incidents", do=(Action.INCIDENT,), users=("U0ALICE",)),
    Rule(name="on call", do=(Action.DIAGNOSE,), on=("prod-eu",), users=("U0ALICE",)),
)
ALICE, MALLORY = "U0ALICE", "U0MALLORY"
MESSAGE = {"ts": "1764000000.000100", "user": "U0BOB", "text": "it began at 3", "thread_ts": "1.0"}


class Room:
    """A desk and what stands behind it: who was `looked_up` in Slack, what a post-mortem may name as `similar`."""

    def __init__(self, database: Database) -> None:
        self.incidents, self.timeline = Incidents(database), Timeline(database)
        self.entries: list[Entry] = []
        self.away = False
        self.looked_up: list[str] = []
        self.similar: list[int] = []
        guard = Guard(
            Policy(RULES), groups_of=lambda _user: frozenset(), append=self._append, incident_of=lambda _channel: None
        )
        self.desk = IncidentDesk(
            guard, self.incidents, self.timeline, TARGETS,
            wake=lambda: None, unfit=self._unfit, share=self._share,
        )  # fmt: skip

    def open(self, number: int = 1, *, target: str = "local", channel: str = "C0OPS") -> Incident:
        """Give an incident whose card stands in a thread."""
        opening = Opening(
            request_id=f"{channel}.{number}", title=f"trouble {number}", severity=IncidentSeverity.SEV2, by=ALICE,
            channel=channel, target=target,
        )  # fmt: skip
        opened = self.incidents.open(opening)
        self.incidents.place(opened.number, channel=channel, thread_ts="1.0", own_channel=False)
        return self.incidents.get(opened.number)

    def say(self, words: str, user: str = ALICE, place: Destination = OPS, request_id: str = "1.2.a") -> str:
        """Type behind `/incident`."""
        return self.desk.take(words, asked_by=user, destination=place, request_id=request_id) or ""

    def texts(self, incident: Incident) -> list[str]:
        """Give what its timeline says besides its opening."""
        entries = self.timeline.entries(incident.number)
        return [entry.text for entry in entries if entry.kind is not EntryKind.OPENED]

    def _append(self, entry: Entry) -> int:
        if self.away:
            raise DatabaseUnavailableError("the audit cannot be written")
        self.entries.append(entry)
        return len(self.entries)

    def _share(self, incident: Incident, may_see: Callable[[Incident], bool]) -> None:
        self.similar = [other.number for other in self.incidents.listed(only_open=False) if may_see(other)]

    def _unfit(self, user: str) -> str:
        self.looked_up.append(user)
        return ""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    database = Database(sqlite_url(tmp_path))
    database.upgrade()
    yield Room(database)
    database.close()


@pytest.mark.parametrize("verb", ["show", "timeline", "postmortem"])
def test_an_incident_is_looked_at_where_it_is_worked_on(room: Room, verb: str) -> None:
    """Given an incident in #ops, when looked at, then there by all, and from elsewhere by those who may change it."""
    number = room.open().number

    there, outsider, insider = (
        room.say(f"{number} {verb}", user, place)
        for user, place in ((MALLORY, OPS), (MALLORY, ELSEWHERE), (ALICE, ELSEWHERE))
    )

    refused = [answer.startswith("You may not do that here") for answer in (there, outsider, insider)]
    assert refused == [False, True, False]
    assert [entry.outcome for entry in room.entries] == ["accepted", "refused", "accepted"]


def test_a_list_has_no_incidents_of_targets_that_one_may_not_see(room: Room) -> None:
    """Given incidents of a guarded target and of another, when listed elsewhere and there, then as the policy says."""
    guarded, other = room.open(1, target="prod-eu"), room.open(2)

    seen = [
        [item.number for item in room.desk.listed(Asker(user, channel))]
        for user, channel in ((MALLORY, "C0GENERAL"), (MALLORY, "C0OPS"), (ALICE, "C0GENERAL"))
    ]

    both = [other.number, guarded.number]
    assert seen == [[other.number], both, both]


def test_who_may_not_change_an_incident_takes_no_message_out_of_it(room: Room) -> None:
    """Given a message in a timeline, when Mallory and then Alice take it out, then only Alice does."""
    incident = room.open()
    room.desk.keep(MESSAGE, Asker(ALICE, "C0OPS"))

    room.desk.drop(MESSAGE["ts"], Asker(MALLORY, "C0OPS"))
    kept = room.texts(incident)
    room.desk.drop(MESSAGE["ts"], Asker(ALICE, "C0OPS"))

    assert (kept, room.texts(incident)) == (["it began at 3"], [])


def test_a_message_is_by_who_said_it(room: Room) -> None:
    """Given a message of Bob, when Alice adds it, then the timeline has it as Bob's."""
    incident = room.open()

    room.desk.keep(MESSAGE, Asker(ALICE, "C0OPS"))

    (kept,) = room.timeline.entries(incident.number, kinds=[EntryKind.MESSAGE])
    assert kept.author == "U0BOB"
    assert room.entries[-1].actor == ALICE


def test_a_note_is_written_once_however_often_it_is_sent(room: Room) -> None:
    """Given a note that Slack sends twice, when taken, then the timeline has it once, and another beside it."""
    incident = room.open()

    for request_id in ("Ev1", "Ev1", "Ev2"):
        room.say("note we saw it at 3", request_id=request_id)

    assert room.texts(incident) == ["we saw it at 3", "we saw it at 3"]


def test_an_update_is_told_once_however_often_it_is_sent(room: Room) -> None:
    """Given an update that Slack sends twice, when taken, then it is told once, and nobody is told of a mistake."""
    incident = room.open()

    answers = [room.say("update we roll back", request_id=request_id) for request_id in ("Ev1", "Ev1", "Ev2")]
    answers += [room.say("identified", request_id="Ev3") for _ in range(2)]

    assert answers == [""] * 5
    assert room.texts(incident) == ["we roll back", "we roll back", "investigating → identified"]


def test_who_takes_the_lead_takes_it_from_nobody(room: Room) -> None:
    """Given a card that does not show yet that Bob leads, when Alice takes the lead, then she is told so."""
    incident = room.open()
    room.incidents.change(incident.number, lambda before, _now: msgspec.structs.replace(before, commander="U0BOB"))

    told = room.desk.lead(incident.number, Asker(ALICE, "C0OPS"))

    assert "<@U0BOB> has the lead already" in str(told)
    assert room.incidents.get(incident.number).commander == "U0BOB"


def test_nobody_is_looked_up_for_who_may_not_give_roles(room: Room) -> None:
    """Given the policy, when Mallory gives a role, then she is refused before Slack is asked of anybody."""
    incident = room.open()

    told = room.desk.assign(incident.number, Role.SCRIBE, "U0BOB", Asker(MALLORY, "C0OPS"))

    assert str(told).startswith("You may not do that here")
    assert room.looked_up == []


@pytest.mark.parametrize("words", ["open checkout is down", "resolve", "note x", "remind 30m", "role scribe nobody"])
def test_what_cannot_be_written_down_is_not_done(room: Room, words: str) -> None:
    """Given an audit that cannot be written, when an incident is opened or changed, then nothing is."""
    incident = room.open()
    room.away = True

    told = room.say(words)

    assert "cannot do this right now" in told
    assert [item.version for item in room.incidents.listed(only_open=False)] == [incident.version]
    assert room.texts(incident) == []


def test_the_only_open_incident_of_a_channel_is_found_among_many(room: Room) -> None:
    """Given more open incidents elsewhere than a list has, when one is moved without its number, then it is found."""
    incident = room.open()
    for number in range(60):
        room.open(number, channel="C0GENERAL")

    assert room.say("resolve") == ""
    assert not room.incidents.get(incident.number).open


def test_words_that_are_not_understood_are_in_the_audit(room: Room) -> None:
    """Given words that are none, when typed, then the audit has them."""
    room.say("frobnicate")

    assert [(entry.outcome, entry.detail) for entry in room.entries] == [("not understood", "frobnicate")]


def test_a_verb_may_stand_on_a_line_of_its_own(room: Room) -> None:
    """Given an update of several lines, when said, then it is understood."""
    incident = room.open()

    room.say("update\nit is the database\nwe roll back")

    assert room.incidents.get(incident.number).summary == "it is the database\nwe roll back"


@pytest.mark.parametrize("words", ["frobnicate", "1 role lead somebody", "1 note"])
def test_a_mistake_is_told_without_all_of_the_help(room: Room, words: str) -> None:
    """Given words that cannot be understood, when they are taken, then one line says why and where the help is."""
    room.open()

    answer = room.desk.take(words, asked_by=ALICE, destination=OPS, request_id="t1")

    assert answer
    assert answer.endswith("`/incident help` tells all that there is to type.")
    assert "\n" not in answer


@pytest.mark.parametrize("words", ["close", "identified", "lead me", "update it is the database"])
def test_in_its_thread_every_word_for_a_verb_is_heard(room: Room, words: str) -> None:
    """Given an incident's thread, when a mention begins with a verb or another word for it, then it is about that."""
    room.open()

    assert room.desk.heard(words, Destination(channel="C0OPS", thread_ts="1.0")) == words
    assert room.desk.heard(words, Destination(channel="C0OPS", thread_ts="9.9")) is None
    assert room.desk.heard("help", Destination(channel="C0OPS", thread_ts="1.0")) is None


def test_no_incident_is_opened_on_a_target_that_is_none(room: Room) -> None:
    """Given a form that names a target which is gone meanwhile, when submitted, then it says so, and opens nothing."""
    with pytest.raises(IncidentError, match="There is no target `gone`"):
        room.desk.open(Titled(title="trouble", target="gone"), asked_by=ALICE, destination=OPS, request_id="1.2.a")

    assert room.incidents.listed() == ()


def test_a_postmortem_names_no_incident_that_the_asker_may_not_see(room: Room) -> None:
    """Given a past incident of a guarded target elsewhere, when Mallory asks for a post-mortem, it is not in there."""
    room.open(1, target="prod-eu", channel="C0VAULT")
    here = room.open(2)

    room.say(f"{here.number} postmortem", MALLORY)

    assert room.similar == [here.number]
