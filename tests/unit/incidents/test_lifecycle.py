"""What may become of an incident."""

from datetime import timedelta

import msgspec
import pytest

from sickbay.incidents import lifecycle
from sickbay.incidents.lifecycle import IncidentError
from sickbay.incidents.model import IncidentState
from tests.unit.handlers.incidents import INCIDENT, NOW

REMINDED = msgspec.structs.replace(INCIDENT, remind_every=30)


def test_nobody_is_reminded_of_what_is_over() -> None:
    """Given an incident with a reminder, when an update is told while it is open and after, then only one is due."""
    resolved = lifecycle.to_state(REMINDED, IncidentState.RESOLVED, NOW).incident

    due = [lifecycle.updated(incident, "the image", NOW).incident.remind_at for incident in (REMINDED, resolved)]

    assert due == [NOW + timedelta(minutes=30), None]


def test_the_lead_is_taken_from_nobody() -> None:
    """Given that nobody, the same person and another leads, when somebody takes the lead, then only the first works."""
    assert lifecycle.led(INCIDENT, "U0BOB").incident.commander == "U0BOB"
    for holder in ("U0BOB", "U0ALICE"):
        with pytest.raises(IncidentError, match="already"):
            lifecycle.led(msgspec.structs.replace(INCIDENT, commander=holder), "U0BOB")


def test_a_button_of_an_earlier_moment_moves_nothing_back() -> None:
    """Given an incident that others watch by now, when 'Identified' of its old card is pressed, then it stays so."""
    watched = msgspec.structs.replace(INCIDENT, state=IncidentState.MONITORING)

    with pytest.raises(IncidentError, match="is monitoring by now"):
        lifecycle.advanced(watched, IncidentState.IDENTIFIED, NOW)


def test_a_button_moves_on_to_the_next_state() -> None:
    """Given the states in which work goes on, when the button of each is pressed, then it is in the next."""
    identified = lifecycle.advanced(INCIDENT, IncidentState.IDENTIFIED, NOW).incident
    watched = lifecycle.advanced(identified, IncidentState.MONITORING, NOW).incident

    assert (identified.state, watched.state) == (IncidentState.IDENTIFIED, IncidentState.MONITORING)
    with pytest.raises(IncidentError, match="is identified already"):
        lifecycle.advanced(identified, IncidentState.IDENTIFIED, NOW)


def test_of_what_is_over_nobody_wants_to_be_reminded() -> None:
    """Given a resolved incident, when a reminder's button is pressed all the same, then it says that it is over."""
    resolved = lifecycle.to_state(REMINDED, IncidentState.RESOLVED, NOW).incident

    with pytest.raises(IncidentError, match="is resolved"):
        lifecycle.reminded(resolved, 30, NOW)
