"""The card of an incident: its buttons follow its state, and whatever it is called, Slack takes it."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.incident import MORE, POSTMORTEM, REOPEN, RESOLVE, TAKE, TO_STATE, UPDATE, incident_card
from handlers.blocks.incident_forms import OWN_CHANNEL, SEVERITY, opening_form
from sickbay.incidents.model import AlertCounts, Defaults, Incident, IncidentSeverity, IncidentState, Link
from tests.unit.handlers.blocks.payloads import TEXT, assert_slack_takes, parts, text_of
from tests.unit.handlers.desks import OPS
from tests.unit.handlers.incidents import INCIDENT, NOW


def changed(**changes: object) -> Incident:
    return msgspec.structs.replace(INCIDENT, **changes)


def actions(incident: Incident) -> list[str]:
    """Give what can be done with it, in order."""
    return [part["action_id"] for part in parts(incident_card(incident).barred) if "action_id" in part]


@pytest.mark.parametrize(
    ("state", "commander", "offered"),
    [
        (IncidentState.INVESTIGATING, "", [TAKE, UPDATE, TO_STATE, RESOLVE, MORE]),
        (IncidentState.IDENTIFIED, "U0BOB", [UPDATE, TO_STATE, RESOLVE, MORE]),
        (IncidentState.MONITORING, "U0BOB", [UPDATE, RESOLVE, MORE]),
        (IncidentState.RESOLVED, "U0BOB", [POSTMORTEM, REOPEN, MORE]),
    ],
)
def test_the_buttons_follow_the_state(state: IncidentState, commander: str, offered: list[str]) -> None:
    """Given an incident in a state, when drawn, then its card offers what can be done now."""
    assert actions(changed(state=state, commander=commander)) == offered


def test_the_card_says_what_it_is_and_who_has_it() -> None:
    """Given an incident with a lead, an update and a runbook, when drawn, then all of it stands there."""
    runbook = Link("Runbook", "https://example.com/runbook")
    card = incident_card(changed(commander="U0BOB", summary="a bad image was rolled out", links=(runbook,)))

    shown = text_of(card)
    assert "SEV2 · INC-42 · checkout answers 5xx" in shown
    assert "a bad image was rolled out" in shown
    assert [part["user_id"] for part in parts(card.barred) if part.get("type") == "user"] == ["U0ALICE", "U0BOB"]
    assert [part["url"] for part in parts(card.barred) if part.get("type") == "link"] == [runbook.url]


@pytest.mark.parametrize(
    ("alerts", "told"),
    [
        (AlertCounts(all=500, firing=498), "Alerts: 498 firing of 500"),
        (AlertCounts(all=500), "Alerts: all 500 resolved"),
        (AlertCounts(all=1), "Alerts: resolved"),
    ],
)
def test_the_card_counts_its_alerts(alerts: AlertCounts, told: str) -> None:
    """Given an incident of alerts, when drawn, then it says how many fire; one without alerts does not speak of any."""
    assert told in text_of(incident_card(INCIDENT, alerts=alerts))
    assert "Alerts" not in text_of(incident_card(INCIDENT))


@pytest.mark.parametrize(
    ("state", "colour"),
    [
        (IncidentState.INVESTIGATING, "#e8740c"),
        (IncidentState.IDENTIFIED, "#e8740c"),
        (IncidentState.MONITORING, "#2eb886"),
        (IncidentState.RESOLVED, "#2eb886"),
    ],
)
def test_the_card_turns_green_once_nothing_fails_any_more(state: IncidentState, colour: str) -> None:
    """Given a sev2 in a state, when drawn, then its bar has the colour of its severity, or is green."""
    assert incident_card(changed(state=state)).colour == colour


def test_the_last_update_has_its_time() -> None:
    """Given an update, when drawn, then it stands there with when it was told, in the reader's own zone."""
    card = incident_card(changed(summary="a bad image"), NOW + timedelta(minutes=5))

    moments = [part["timestamp"] for part in parts(card.barred) if part.get("type") == "date"]
    assert int(NOW.timestamp()) + 300 in moments


@given(
    title=TEXT,
    summary=TEXT,
    target=TEXT,
    opened_by=st.sampled_from(["U0ALICE", "alertmanager"]),
    state=st.sampled_from(IncidentState),
    severity=st.sampled_from(IncidentSeverity),
    resolved=st.booleans(),
)
def test_any_incident_is_a_card_that_slack_takes(
    title: str,
    summary: str,
    target: str,
    opened_by: str,
    state: IncidentState,
    severity: IncidentSeverity,
    resolved: bool,
) -> None:
    """Given an incident with any words, when drawn, then Slack takes it, and nothing in it is markup."""
    assert_slack_takes(
        incident_card(
            changed(
                title=title,
                summary=summary,
                target=target,
                opened_by=opened_by,
                state=state,
                severity=severity,
                resolved_at=NOW + timedelta(hours=1) if resolved else None,
            )
        )
    )


@pytest.mark.parametrize("own_channel", [True, False])
def test_the_form_begins_with_the_defaults(own_channel: bool) -> None:
    """Given defaults of the configuration, when the form of a new incident is drawn, then it begins with them."""
    defaults = Defaults(severity=IncidentSeverity.SEV1, own_channel=own_channel)

    fields = {block["block_id"]: block for block in opening_form(OPS, defaults)["blocks"] if "block_id" in block}

    assert fields[SEVERITY]["element"]["initial_option"]["value"] == "sev1"
    assert ("initial_options" in fields[OWN_CHANNEL]["element"]) == own_channel
