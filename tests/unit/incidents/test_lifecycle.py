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
