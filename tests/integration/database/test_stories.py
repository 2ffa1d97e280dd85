"""The story of an incident as both databases tell it, with past incidents that are like it."""

from datetime import timedelta

import msgspec
import pytest

from sickbay.incidents import lifecycle
from sickbay.incidents.database import Database
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import Incident, IncidentState
from sickbay.incidents.stories import Stories
from sickbay.jobs.model import Destination
from tests.integration.database.test_diagnoses import record
from tests.integration.database.test_incidents import OPENING


@pytest.fixture
def incidents(database: Database) -> Incidents:
    return Incidents(database)


def resolved(incidents: Incidents, database: Database, nth: int, *, target: str, diagnosed: bool, fix: str) -> Incident:
    """An incident that is over, diagnosed in its thread or not."""
    opening = msgspec.structs.replace(OPENING, request_id=f"r{nth}", target=target)
    number = incidents.open(opening).number
    incidents.place(number, channel="C0OPS", thread_ts=f"{nth}.0", own_channel=False)
    if diagnosed:
        place = Destination(channel="C0OPS", thread_ts=f"{nth}.0")
        done = record(nth, destination=place)
        Diagnoses(database).note(done, thread_ts=f"{nth}.0", headline="High")
    incidents.move(number, lambda incident, at: lifecycle.updated(incident, fix, at), by="U0BOB")
    return incidents.move(
        number, lambda incident, at: lifecycle.to_state(incident, IncidentState.RESOLVED, at), by="U0BOB"
    )


def test_past_incidents_of_the_same_cause_stand_before_those_of_the_same_target(
    database: Database, incidents: Incidents
) -> None:
    """Given past incidents of the same cause elsewhere, of the same target, and of neither, then two are told."""
    resolved(incidents, database, 1, target="other", diagnosed=True, fix="rolled back")
    resolved(incidents, database, 2, target="prod", diagnosed=False, fix="scaled out")
    resolved(incidents, database, 3, target="third", diagnosed=False, fix="nothing")
    this = resolved(incidents, database, 4, target="prod", diagnosed=True, fix="mended")

    story = Stories(database).story(this.number)

    assert [(item.incident.number, item.why, item.fix) for item in story.similar] == [
        (1, "same cause DKR-C101", "rolled back"),
        (2, "same target prod", "scaled out"),
    ]
    assert [run.id for run in story.diagnoses] == ["default.4"]
    assert story.entries[-1].at - story.entries[0].at < timedelta(minutes=1)


def test_what_the_reader_may_not_see_is_no_similar_incident(database: Database, incidents: Incidents) -> None:
    """Given a past incident that the reader may not see, when the story is told, then it is without that."""
    resolved(incidents, database, 1, target="other", diagnosed=True, fix="rolled back")
    this = resolved(incidents, database, 2, target="prod", diagnosed=True, fix="mended")

    assert Stories(database).story(this.number, lambda incident: incident.target != "other").similar == ()
