"""Incidents as people open, move and close them: by words, buttons and forms, through Bolt and a real database."""

from typing import Any

import msgspec
import pytest

from handlers.blocks.incident import MORE, REOPEN, RESOLVE, TAKE, TO_STATE, UPDATE, incident_card
from handlers.blocks.incident_forms import NAME, SCOPE, TARGET, TOLD, UPDATING
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import Incident, IncidentSeverity, IncidentState
from sickbay.incidents.timeline import Timeline
from tests.integration.slack.stage import Stage
from tests.unit.handlers.blocks.test_views import told

Wire = dict[str, Any]


def opened(stage: Stage, words: str = "checkout answers 5xx sev2 on local web-1", user: str = "alice") -> Incident:
    stage.say(f"/incident open {words}", user=user)
    return newest(stage)


def newest(stage: Stage) -> Incident:
    return Incidents(stage.database).listed(only_open=False, limit=1)[0]


def now(stage: Stage, incident: Incident) -> Incident:
    return Incidents(stage.database).get(incident.number)


def told_by_timeline(stage: Stage, incident: Incident) -> list[str]:
    return [f"{entry.kind} {entry.text}" for entry in Timeline(stage.database).entries(incident.number)]


def test_an_incident_is_opened_in_words(stage: Stage) -> None:
    """Given `/incident open …`, when typed, then it has title, severity and target, and wants a diagnosis."""
    incident = opened(stage)

    assert (incident.title, incident.severity, incident.target, incident.scope, incident.channel) == (
        "checkout answers 5xx", IncidentSeverity.SEV2, "local", "web-1", "C0OPS",
    )  # fmt: skip
    assert incident.opened_by == "U0ALICE"
    assert [wanted.incident for wanted in Incidents(stage.database).wanted()] == [incident.number]
    assert stage.told() == []


@pytest.mark.parametrize(
    ("words", "title", "target", "scope"),
    [
        ("errors on checkout", "errors on checkout", "", ""),
        ("errors on local", "errors", "local", ""),
        ("slow on local/shop/api", "slow", "local", "shop/api"),
        ("on call is lost", "on call is lost", "", ""),
    ],
)
def test_on_names_a_target_only_where_there_is_one(
    stage: Stage, words: str, title: str, target: str, scope: str
) -> None:
    """Given a title with `on` in it, when opened, then what follows is the target only where it is one."""
    incident = opened(stage, words)

    assert (incident.title, incident.target, incident.scope) == (title, target, scope)


def test_the_command_alone_opens_a_form(stage: Stage) -> None:
    """Given `/incident` alone, when the form is filled in, then the incident is open."""
    stage.say("/incident")
    view = stage.workspace.modal("alice")
    assert view
    offered = stage.workspace.options(user="alice", action_id=TARGET, typed="lo", view_id=view["id"])
    chosen = {"type": "external_select", "selected_option": offered[0]}
    errors = stage.workspace.submit(
        "alice",
        {
            NAME: {NAME: {"type": "plain_text_input", "value": "checkout is slow"}},
            TARGET: {TARGET: chosen},
            SCOPE: {SCOPE: {"type": "plain_text_input", "value": "web-1"}},
        },
    )

    assert errors == {}
    assert stage.workspace.modal("alice") is None
    incident = newest(stage)
    assert (incident.title, incident.target, incident.scope) == ("checkout is slow", "local", "web-1")


def test_words_move_the_only_open_incident_of_a_channel(stage: Stage) -> None:
    """Given one open incident, when moved without its number, then each move is in its timeline."""
    incident = opened(stage)
    for words in (
        "sev 1", "role commander @bob", "update a bad image was rolled out", "state identified",
        "note we saw it at 3", "link https://example.com/board Board", "remind 30m", "resolve",
    ):  # fmt: skip
        stage.say(f"/incident {words}", user="bob")

    after = now(stage, incident)
    assert (after.severity, after.commander, after.state) == (
        IncidentSeverity.SEV1, "U0BOB", IncidentState.RESOLVED,
    )  # fmt: skip
    assert told_by_timeline(stage, incident) == [
        "opened checkout answers 5xx", "severity sev2 → sev1", "role <@U0BOB> is commander",
        "update a bad image was rolled out", "state investigating → identified", "note we saw it at 3",
        "link Board: https://example.com/board", "state identified → resolved",
    ]  # fmt: skip


def test_of_several_incidents_the_choices_are_told(stage: Stage) -> None:
    """Given two open incidents in a channel, when one is resolved without a number, then both are listed."""
    first, second = opened(stage, "one"), opened(stage, "two")

    stage.say("/incident resolve")
    stage.say(f"/incident {second.number} resolve")

    assert "Which one?" in stage.told()[0]
    assert [now(stage, item).open for item in (first, second)] == [True, False]


def test_an_incident_is_worked_on_in_its_thread(stage: Stage) -> None:
    """Given an incident's thread, when somebody mentions the bot there, then a verb alone moves it."""
    incident = opened(stage)
    root = stage.workspace.say(user="alice", channel="#ops", text="the card stands here")
    Incidents(stage.database).place(incident.number, channel="C0OPS", thread_ts=root, own_channel=False)
    opened(stage, "another one")

    stage.say("@sickbay update it is the database", user="bob", thread=root)
    stage.say("@sickbay incident resolve", user="bob", thread=root)

    assert (now(stage, incident).summary, now(stage, incident).open) == ("it is the database", False)


def test_who_is_no_person_or_not_here_has_no_role(stage: Stage) -> None:
    """Given a bot and somebody who is not there, when given a role, then the answer says why not."""
    incident = opened(stage)

    stage.say("/incident role scribe @sickbay")
    stage.say("/incident role scribe @nobody")

    assert ["is a bot" in stage.told()[0], "Name one person" in stage.told()[1]] == [True, True]
    assert now(stage, incident).scribe == ""


def test_the_default_policy_lets_nobody_open_one(stage: Stage) -> None:
    """Given a target on which nobody may work, when an incident is opened on it, then the asker is refused."""
    stage.say("/incident open trouble on guarded", user="mallory")

    assert stage.told("mallory")[0].startswith("You may not do that here")
    assert Incidents(stage.database).listed(only_open=False) == ()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("list", "*Open incidents*"),
        ("show", "Nobody has a role."),
        ("timeline", "*Timeline of INC-"),
        ("stats", "*Incidents of the last 30 days*"),
        ("help", "*What to type:*"),
        ("frobnicate", "I do not know `frobnicate`."),
        ("role king @bob", "A role is commander, communications or scribe."),
        ("sev 9", "A severity is sev1, sev2, sev3 or sev4."),
        ("update", "An update says how it stands"),
        ("999 resolve", "There is no incident 999."),
        ("reopen", "is open already."),
    ],
)
def test_what_is_only_looked_at_or_wrong_is_for_the_asker_alone(stage: Stage, words: str, answer: str) -> None:
    """Given an open incident, when somebody looks, or says what cannot be, then they alone are answered."""
    opened(stage)

    stage.say(f"/incident {words}", user="bob")

    assert answer in stage.told("bob")[0]
    assert stage.messages() == []


def press(stage: Stage, incident: Incident, action_id: str, user: str = "bob", **action: object) -> None:
    """Press a button of the card, which stands in the channel as it was drawn last."""
    press_drawn(stage, now(stage, incident), action_id, user, **action)


def press_drawn(stage: Stage, incident: Incident, action_id: str, user: str = "bob", **action: object) -> None:
    """Press a button of a card that stands there as it was drawn of this incident."""
    ts = stage.slack.post("C0OPS", None, incident_card(incident))
    assert stage.workspace.click(user=user, channel="#ops", ts=ts, action_id=action_id, **action)  # type: ignore[arg-type]


def test_the_buttons_of_the_card_move_it(stage: Stage) -> None:
    """Given a card, when Bob takes the lead, moves on, resolves and reopens, then the incident follows."""
    incident = opened(stage)

    press(stage, incident, TAKE)
    press(stage, incident, TO_STATE)
    identified = now(stage, incident)
    press(stage, incident, RESOLVE)
    resolved = now(stage, incident)
    press(stage, incident, REOPEN)

    assert (identified.commander, identified.state) == ("U0BOB", IncidentState.IDENTIFIED)
    assert (resolved.open, now(stage, incident).open) == (False, True)


def test_a_button_of_an_old_card_is_refused_kindly(stage: Stage) -> None:
    """Given a card from before others watched it, when Bob presses 'Identified', then he is told, and it stays."""
    incident = opened(stage)
    stage.say(f"/incident {incident.number} state monitoring")

    press_drawn(stage, incident, TO_STATE)

    assert now(stage, incident).state is IncidentState.MONITORING
    assert "is monitoring by now" in stage.told("bob")[-1]


def test_an_update_is_written_in_a_form(stage: Stage) -> None:
    """Given a card, when 'Update' is pressed and the form sent, then the update is told."""
    incident = opened(stage)
    press(stage, incident, UPDATE)
    view = stage.workspace.modal("bob")
    assert view
    assert view["callback_id"] == UPDATING

    stage.workspace.submit("bob", {TOLD: {TOLD: {"type": "plain_text_input", "value": "rolled back"}}})

    assert now(stage, incident).summary == "rolled back"


@pytest.mark.parametrize("word", ["severity", "roles", "remind", "link"])
def test_the_menu_of_the_card_opens_forms(stage: Stage, word: str) -> None:
    """Given a card, when something of its menu is chosen, then its form is open."""
    incident = opened(stage)

    value = f"{incident.number} {word}"
    option = {"text": {"type": "plain_text", "text": word}, "value": value}
    press(stage, incident, MORE, chosen={"type": "overflow", "selected_option": option})

    view = stage.workspace.modal("bob")
    stage.workspace.close_modal("bob")
    assert f"INC-{incident.number}" in told(view or {})


def test_an_outsider_can_press_nothing(stage: Stage) -> None:
    """Given a card of a target that Mallory may not touch, when she presses its buttons, then nothing happens."""
    incident = opened(stage)
    Incidents(stage.database).change(incident.number, lambda before, _at: _on_guarded(before))

    for button in (TAKE, TO_STATE, RESOLVE, UPDATE):
        press(stage, incident, button, user="mallory")

    assert len(stage.told("mallory")) == 4
    assert now(stage, incident).state is IncidentState.INVESTIGATING


def _on_guarded(incident: Incident) -> Incident:
    return msgspec.structs.replace(incident, target="guarded")


def test_the_postmortem_is_a_file_in_the_thread(stage: Stage) -> None:
    """Given a resolved incident, when its post-mortem is asked for, then it stands in the thread, with names."""
    incident = opened(stage)
    root = stage.workspace.say(user="alice", channel="#ops", text="the card stands here")
    Incidents(stage.database).place(incident.number, channel="C0OPS", thread_ts=root, own_channel=False)
    stage.say("/incident update the image was rolled back", user="bob")
    stage.say("/incident resolve", user="bob")

    stage.say(f"/incident {incident.number} postmortem", user="bob")

    (file,) = [item for message in stage.messages(thread=root) for item in message.get("files", ())]
    written = stage.workspace.store.contents[file["id"]].decode()
    assert file["name"] == f"inc-{incident.number}.md"
    assert f"# INC-{incident.number}: checkout answers 5xx" in written
    assert "**update** (Bob Example): the image was rolled back" in written
