"""What somebody who may not change an incident cannot do to it by signs, forms and Home; and what is not lost."""

import json
from typing import Any

import msgspec
import pytest
from slack_bolt import BoltRequest

from handlers.blocks.incident import MORE, ROLES
from handlers.blocks.incident_forms import REMINDING
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import Incident
from sickbay.incidents.timeline import Timeline
from tests.integration.slack.stage import Stage
from tests.integration.slack.test_incident_timeline import happens, reaction
from tests.integration.slack.test_incidents import now, opened, press, told_by_timeline
from tests.unit.handlers.blocks.test_views import told

Wire = dict[str, Any]


def pinned(stage: Stage) -> tuple[Incident, str]:
    """Give an incident and a message that Bob has put into its timeline."""
    incident = opened(stage)
    root = stage.workspace.say(user="alice", channel="#ops", text="the card stands here")
    Incidents(stage.database).place(incident.number, channel="C0OPS", thread_ts=root, own_channel=False)
    ts = stage.workspace.say(user="alice", channel="#ops", text="db is read-only", thread_ts=root)
    happens(stage, reaction("reaction_added", ts))
    return incident, ts


def test_an_outsider_takes_nothing_out_of_a_timeline(stage: Stage) -> None:
    """Given a message in a timeline, when Mallory puts a 📌 on it and takes hers off, then it stays there."""
    incident, ts = pinned(stage)

    for kind in ("reaction_added", "reaction_removed"):
        happens(stage, reaction(kind, ts, user="U0MALLORY"))

    assert told_by_timeline(stage, incident)[1:] == ["message db is read-only"]


def test_a_message_stays_for_as_long_as_anybody_pins_it(stage: Stage) -> None:
    """Given two 📌 on a message, when one is taken off, then it is still in the timeline."""
    incident, ts = pinned(stage)
    stage.workspace.store.messages["C0OPS"][ts]["reactions"] = [{"name": "pushpin", "count": 1, "users": ["U0ALICE"]}]

    happens(stage, reaction("reaction_removed", ts))

    assert told_by_timeline(stage, incident)[1:] == ["message db is read-only"]


def test_a_pin_is_not_lost_with_the_database(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a database that is away, when a 📌 is put on a message, then Slack is asked to tell of it again."""
    incident, ts = pinned(stage)
    happens(stage, reaction("reaction_removed", ts))
    body = {"type": "event_callback", "event_id": "Ev0AWAY", "team_id": "T0", "event": reaction("reaction_added", ts)}

    def away(*_arguments: object) -> None:
        raise DatabaseUnavailableError("the database does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(Timeline, "write", away)
        first = stage.app.dispatch(BoltRequest(body=body, mode="socket_mode"))
    again = stage.app.dispatch(BoltRequest(body=body, mode="socket_mode"))

    assert first.status != 200
    assert again.status == 200
    assert told_by_timeline(stage, incident)[1:] == ["message db is read-only"]


def test_home_shows_no_incident_of_a_target_that_one_may_not_see(stage: Stage) -> None:
    """Given an incident of a guarded target and another, when Mallory opens Home, then she sees the other alone."""
    guarded, _other = opened(stage, "the vault is open"), opened(stage, "checkout is slow")
    Incidents(stage.database).change(
        guarded.number, lambda before, _at: msgspec.structs.replace(before, target="guarded")
    )

    stage.workspace.open_home("mallory")

    shown = told(stage.workspace.home("mallory") or {})
    assert "checkout is slow" in shown
    assert "the vault is open" not in shown


def submitted(stage: Stage, callback_id: str, number: int, values: Wire, *, user: str, **carried: object) -> Wire:
    """Have a form submitted whose incident changed since it was opened; gives what Slack is answered."""
    metadata = json.dumps({"channel": "C0OPS", "number": number, **carried})
    view = {"id": f"V{callback_id}", "callback_id": callback_id, "private_metadata": metadata, "hash": "1",
            "type": "modal", "state": {"values": values}}  # fmt: skip
    body = {"type": "view_submission", "team": {"id": "T0"}, "user": {"id": user}, "view": view}
    response = stage.app.dispatch(BoltRequest(body=body, mode="socket_mode"))
    assert response.status == 200
    return dict(json.loads(response.body)) if response.body else {}


def test_who_may_not_set_a_reminder_is_told_so(stage: Stage) -> None:
    """Given the policy, when Mallory sends the form of a reminder, then she is refused in it, and nothing changes."""
    incident = opened(stage)
    chosen = {"minutes": {"minutes": {"type": "static_select", "selected_option": {"value": "30"}}}}

    answer = submitted(stage, REMINDING, incident.number, chosen, user="U0MALLORY")

    assert "You may not do that here" in str(answer["view"])
    assert now(stage, incident).remind_every == 0


def test_the_form_of_the_roles_changes_only_what_was_changed_in_it(stage: Stage) -> None:
    """Given Alice's form of the roles, when Bob takes the lead before she names a scribe, then both stand."""
    incident = opened(stage)
    option = {"text": {"type": "plain_text", "text": "roles"}, "value": f"{incident.number} {ROLES}"}
    press(stage, incident, MORE, user="alice", chosen={"type": "overflow", "selected_option": option})
    stage.say("/incident role commander @bob", user="bob")

    stage.workspace.submit("alice", {"scribe": {"scribe": {"type": "users_select", "selected_user": "U0ALICE"}}})

    after = now(stage, incident)
    assert (after.commander, after.scribe) == ("U0BOB", "U0ALICE")


def test_words_that_slack_escapes_are_told_as_typed(stage: Stage) -> None:
    """Given signs that Slack turns into entities, when an update has them, then it is told as it was typed."""
    incident = opened(stage)
    root = stage.workspace.say(user="alice", channel="#ops", text="the card stands here")
    Incidents(stage.database).place(incident.number, channel="C0OPS", thread_ts=root, own_channel=False)
    event = {"type": "app_mention", "user": "U0BOB", "channel": "C0OPS", "ts": "1.7", "thread_ts": root,
             "text": "<@U0SICKBAY> update 5xx &gt; 1% &amp; rising"}  # fmt: skip

    happens(stage, event)

    assert now(stage, incident).summary == "5xx > 1% & rising"


def test_who_may_open_no_incident_is_offered_no_form(stage: Stage) -> None:
    """Given the policy, when Mallory types `/incident` alone, then she is refused in place of a form."""
    stage.say("/incident", user="mallory")

    assert stage.told("mallory")[0].startswith("You may not do that here")
    assert stage.workspace.modal("mallory") is None
