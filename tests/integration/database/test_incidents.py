"""Incidents on both databases: opened once, moved one at a time, told by their timeline, and shown when they change."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec
import pytest

from sickbay.incidents import lifecycle
from sickbay.incidents.database import Database
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.lifecycle import IncidentError
from sickbay.incidents.model import (
    EntryKind,
    Incident,
    IncidentSeverity,
    IncidentState,
    Link,
    Opening,
    Role,
    TimelineEntry,
)
from sickbay.incidents.timeline import Timeline
from tests.integration.database.clock import Clock

AT = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
OPENING = Opening(
    request_id="1.2.a", title="checkout answers 5xx", severity=IncidentSeverity.SEV2, by="U0ALICE", channel="C0OPS",
    target="prod", scope="shop/checkout", remind_every=30,
)  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
def incidents(database: Database, clock: Clock) -> Incidents:
    return Incidents(database, clock=clock)


@pytest.fixture
def timeline(database: Database) -> Timeline:
    return Timeline(database)


def state(state: IncidentState, incident: Incident, at: datetime) -> lifecycle.Move:
    return lifecycle.to_state(incident, state, at)


def test_an_incident_is_opened_once_with_its_diagnosis(incidents: Incidents, timeline: Timeline) -> None:
    """Given a request that comes twice, when an incident is opened, then there is one, with one diagnosis."""
    first, second = incidents.open(OPENING), incidents.open(OPENING)

    assert first == second
    assert (first.state, first.acknowledged_at, first.remind_at) == (
        IncidentState.INVESTIGATING, AT, AT + timedelta(minutes=30),
    )  # fmt: skip
    (wanted,) = incidents.wanted()
    assert (wanted.incident, wanted.target, wanted.scope) == (first.number, "prod", "shop/checkout")
    assert [entry.kind for entry in timeline.entries(first.number)] == [EntryKind.OPENED]


def test_two_bots_number_no_two_incidents_alike(database: Database, incidents: Incidents) -> None:
    """Given two bots that open twenty incidents at once, when all are open, then each has a number of its own."""
    other = Incidents(database)
    found: list[int] = []

    def open_ten(keeper: Incidents, name: str) -> None:
        found.extend(
            keeper.open(msgspec.structs.replace(OPENING, request_id=f"{name}.{number}")).number for number in range(10)
        )

    bots = [threading.Thread(target=open_ten, args=(keeper, name)) for keeper, name in ((incidents, "a"), (other, "b"))]
    for bot in bots:
        bot.start()
    for bot in bots:
        bot.join()

    assert len(set(found)) == 20


@pytest.mark.parametrize("title", ["", "   ", "x" * 151])
def test_an_incident_needs_a_title(incidents: Incidents, title: str) -> None:
    """Given no title or one that is too long, when an incident is opened, then the sentence says what it needs."""
    with pytest.raises(IncidentError, match="title"):
        incidents.open(msgspec.structs.replace(OPENING, title=title))


def test_moves_are_told_by_the_timeline(incidents: Incidents, timeline: Timeline, clock: Clock) -> None:
    """Given an incident, when it is moved, judged, led, updated and linked, then the timeline has each, by whom."""
    number = incidents.open(OPENING).number
    moves: list[Callable[[Incident, datetime], lifecycle.Move]] = [
        partial(state, IncidentState.IDENTIFIED),
        lambda incident, _at: lifecycle.to_severity(incident, IncidentSeverity.SEV1),
        lambda incident, _at: lifecycle.assigned(incident, Role.COMMANDER, "U0BOB"),
        lambda incident, at: lifecycle.updated(incident, "a bad image was rolled out", at),
        lambda incident, _at: lifecycle.linked(incident, Link("Runbook", "https://example.com/runbook")),
    ]
    for move in moves:
        clock.now += timedelta(minutes=1)
        incidents.move(number, move, by="U0BOB")

    told = [(entry.kind, entry.author, entry.text) for entry in timeline.entries(number)[1:]]
    assert told == [
        (EntryKind.STATE, "U0BOB", "investigating → identified"),
        (EntryKind.SEVERITY, "U0BOB", "sev2 → sev1"),
        (EntryKind.ROLE, "U0BOB", "<@U0BOB> is commander"),
        (EntryKind.UPDATE, "U0BOB", "a bad image was rolled out"),
        (EntryKind.LINK, "U0BOB", "Runbook: https://example.com/runbook"),
    ]
    incident = incidents.get(number)
    assert (incident.commander, incident.summary, incident.version) == ("U0BOB", "a bad image was rolled out", 6)


def test_an_incident_is_resolved_by_one_of_two(incidents: Incidents, timeline: Timeline) -> None:
    """Given two people who resolve at once, when both have, then one did, and the other is told."""
    number = incidents.open(OPENING).number
    refused: list[str] = []

    def resolve(user: str) -> None:
        try:
            incidents.move(number, partial(state, IncidentState.RESOLVED), by=user)
        except IncidentError as error:
            refused.append(str(error))

    people = [threading.Thread(target=resolve, args=(user,)) for user in ("U0ALICE", "U0BOB")]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert refused == [f"Incident {number} is resolved already."]
    assert [entry.text for entry in timeline.entries(number, kinds=[EntryKind.STATE])] == ["investigating → resolved"]


def test_a_resolved_incident_is_reopened(incidents: Incidents, clock: Clock) -> None:
    """Given a resolved incident, when it is moved on and then reopened, then only the second is possible."""
    number = incidents.open(OPENING).number
    resolved = incidents.move(number, partial(state, IncidentState.RESOLVED), by="U0BOB")
    with pytest.raises(IncidentError, match="Reopen it first"):
        incidents.move(number, partial(state, IncidentState.MONITORING), by="U0BOB")

    reopened = incidents.move(number, lifecycle.reopened, by="U0BOB")

    assert (resolved.resolved_at, resolved.remind_at) == (clock.now, None)
    assert (reopened.open, reopened.resolved_at, reopened.mitigated_at) == (True, None, None)


def test_slack_shows_what_changed(incidents: Incidents) -> None:
    """Given an incident, when it is shown, moved, and shown as it was before, then it waits to be shown again."""
    opened = incidents.open(OPENING)
    incidents.place(opened.number, channel="C0OPS", thread_ts="1.0", own_channel=False)
    incidents.shown(opened.number, opened.version)
    assert incidents.unshown() == ()

    incidents.move(opened.number, partial(state, IncidentState.IDENTIFIED), by="U0BOB")

    (waiting,) = incidents.unshown()
    assert (waiting.version, waiting.shown, waiting.thread_ts) == (2, 1, "1.0")
    assert incidents.in_thread("C0OPS", "1.0") == waiting
    assert incidents.in_thread("C0OPS", "9.9") is None


def test_a_channel_is_an_incidents_own_once_its_card_stands_there(incidents: Incidents) -> None:
    """Given an incident that shall have a channel, when asked for a thread where it was opened, then it is not its."""
    opened = incidents.open(msgspec.structs.replace(OPENING, own_channel=True))
    assert (incidents.in_thread("C0OPS", "9.9"), incidents.in_thread("C0OPS", "")) == (None, None)

    incidents.place(opened.number, channel="C0OWN", thread_ts="1.0", own_channel=True)

    placed = incidents.get(opened.number)
    assert (incidents.in_thread("C0OWN", "9.9"), incidents.in_thread("C0OWN", "")) == (placed, placed)
    assert incidents.in_thread("C0OPS", "9.9") is None


def test_a_reminder_is_claimed_once(database: Database, incidents: Incidents, clock: Clock) -> None:
    """Given a reminder that is due, when two bots claim it, then one has it, and the next is due later."""
    incidents.open(OPENING)
    assert incidents.due() == ()
    clock.now += timedelta(minutes=31)
    (due,) = incidents.due()

    claims = [incidents.claim_reminder(due), Incidents(database, clock=clock).claim_reminder(due)]

    assert claims == [True, False]
    assert incidents.due() == ()


def test_a_forgotten_incident_is_reminded_of_ever_later(incidents: Incidents, clock: Clock) -> None:
    """Given an incident of which nobody tells anything, when reminded of, then the waits grow."""
    number = incidents.open(OPENING).number
    waits = []
    for _ in range(3):
        due_at = incidents.get(number).remind_at
        assert due_at
        waits.append((due_at - clock.now).total_seconds() / 60)
        clock.now = due_at
        (due,) = incidents.due()
        assert incidents.claim_reminder(due)

    incidents.move(number, lambda incident, at: lifecycle.updated(incident, "still looking", at), by="U0BOB")

    assert waits == [30, 30, 60]
    assert incidents.get(number).remind_at == clock.now + timedelta(minutes=30)


def test_a_diagnosis_that_is_in_the_queue_is_not_asked_for_again(incidents: Incidents) -> None:
    """Given two incidents whose targets are to be diagnosed, when one's is submitted, then that of the other waits."""
    first, second = (
        incidents.open(msgspec.structs.replace(OPENING, request_id=request)).number for request in ("1.2.a", "1.9.z")
    )

    incidents.submitted(f"incident:{first}:opened")

    assert [wanted.incident for wanted in incidents.wanted()] == [second]


def test_a_request_moves_an_incident_once(incidents: Incidents, timeline: Timeline) -> None:
    """Given an update that Slack sends twice, and one with the same words, when made, then two are told."""
    number = incidents.open(OPENING).number
    make = partial(lifecycle.updated, text="still looking")

    for request_id in ("Ev1", "Ev1", "Ev_"):
        incidents.move(number, lambda incident, at: make(incident, at=at), by="U0BOB", request_id=request_id)

    told = timeline.entries(number, kinds=[EntryKind.UPDATE])
    assert [entry.text for entry in told] == ["still looking"] * 2
    assert incidents.get(number).version == 3


def test_an_entry_is_written_once_and_follows_its_message(incidents: Incidents, timeline: Timeline) -> None:
    """Given a message in the timeline, when written twice, edited and deleted, then it is once there, new, and gone."""
    number = incidents.open(OPENING).number
    entry = TimelineEntry(at=AT, kind=EntryKind.MESSAGE, author="U0BOB", text="it began at 3", key="message:C0OPS:1.5")

    written = [timeline.write(number, entry), timeline.write(number, entry)]
    edited = timeline.edited(entry.key, "it began at 2")
    shown = timeline.entries(number)[-1].text
    deleted = timeline.deleted(entry.key)

    assert (written, edited, deleted) == ([True, False], (number,), (number,))
    assert shown == "it began at 2"
    assert [item.kind for item in timeline.entries(number)] == [EntryKind.OPENED]


def test_what_stands_in_no_timeline_is_followed_without_writing(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a message that is in no timeline, when it is edited and deleted, then nothing waits to write."""
    monkeypatch.delattr(Database, "begin")

    assert timeline.edited("message:C0OPS:1.5", "it began at 2") == ()
    assert timeline.deleted("message:C0OPS:1.5") == ()


def test_a_number_that_is_none_says_so(incidents: Incidents) -> None:
    """Given no incident, when one is looked up or moved, then the sentence says where to look."""
    with pytest.raises(IncidentError, match="There is no incident 7"):
        incidents.get(7)
    with pytest.raises(IncidentError, match="There is no incident 7"):
        incidents.move(7, lifecycle.reopened, by="U0BOB")
