"""What joins a timeline from Slack: chosen and pinned messages, their edits, and the diagnoses in the thread."""

import itertools
from typing import Any

import pytest
from slack_bolt import BoltRequest

from handlers.shortcuts.timeline import ADD
from sickbay.diagnostics.model import Judgement
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import Incident
from tests.integration.slack.stage import Stage, text
from tests.integration.slack.test_incidents import opened, told_by_timeline
from tests.unit.command_line.reports import CAUSE, report

Wire = dict[str, Any]
_EVENTS = itertools.count(1)


@pytest.fixture
def thread(stage: Stage) -> tuple[Incident, str]:
    """An incident whose card stands in #ops, and its thread."""
    incident = opened(stage)
    root = stage.workspace.say(user="alice", channel="#ops", text="the card stands here")
    Incidents(stage.database).place(incident.number, channel="C0OPS", thread_ts=root, own_channel=False)
    return incident, root


def happens(stage: Stage, event: Wire) -> None:
    """Have Slack tell the bot of an event."""
    body = {"type": "event_callback", "event_id": f"Ev{next(_EVENTS)}", "team_id": "T0", "event": event}
    assert stage.app.dispatch(BoltRequest(body=body, mode="socket_mode")).status == 200


def reaction(kind: str, ts: str, name: str = "pushpin", user: str = "U0BOB") -> Wire:
    item = {"type": "message", "channel": "C0OPS", "ts": ts}
    return {"type": kind, "user": user, "reaction": name, "item": item, "item_user": "U0ALICE", "event_ts": "1.1"}


def test_a_message_is_added_from_its_menu_once(stage: Stage, thread: tuple[Incident, str]) -> None:
    """Given a message in the incident's thread, when it is added twice, then the timeline has it once."""
    incident, root = thread
    ts = stage.workspace.say(user="alice", channel="#ops", text="it began at 3", thread_ts=root)

    for _ in range(2):
        assert stage.workspace.shortcut(user="bob", callback_id=ADD, channel="#ops", ts=ts)

    assert told_by_timeline(stage, incident)[1:] == ["message it began at 3"]
    first, second = stage.told("bob")
    assert first.startswith("Noted in the timeline")
    assert "already" in second


def test_a_pinned_message_is_in_the_timeline_for_as_long_as_it_is_pinned(
    stage: Stage, thread: tuple[Incident, str]
) -> None:
    """Given a message in the thread, when a 📌 is put on it and taken off, then it is in the timeline and out of it."""
    incident, root = thread
    ts = stage.workspace.say(user="alice", channel="#ops", text="db is read-only", thread_ts=root)

    happens(stage, reaction("reaction_added", ts, name="eyes"))
    happens(stage, reaction("reaction_added", ts))
    pinned = told_by_timeline(stage, incident)[1:]
    happens(stage, reaction("reaction_removed", ts))

    assert pinned == ["message db is read-only"]
    assert told_by_timeline(stage, incident)[1:] == []


def test_a_message_that_is_pinned_again_is_there_again(stage: Stage, thread: tuple[Incident, str]) -> None:
    """Given a message whose 📌 was taken off, when it gets another, then it is in the timeline again."""
    incident, root = thread
    ts = stage.workspace.say(user="alice", channel="#ops", text="db is read-only", thread_ts=root)

    for kind in ("reaction_added", "reaction_removed", "reaction_added"):
        happens(stage, reaction(kind, ts))

    assert told_by_timeline(stage, incident)[1:] == ["message db is read-only"]


def test_who_may_not_change_incidents_pins_in_vain(stage: Stage, thread: tuple[Incident, str]) -> None:
    """Given the policy, when Mallory puts a 📌 on a message, then it does not join the timeline."""
    incident, root = thread
    ts = stage.workspace.say(user="alice", channel="#ops", text="db is read-only", thread_ts=root)

    happens(stage, reaction("reaction_added", ts, user="U0MALLORY"))

    assert told_by_timeline(stage, incident)[1:] == []


def test_edits_and_deletions_are_followed(stage: Stage, thread: tuple[Incident, str]) -> None:
    """Given a message in the timeline, when it is edited and then deleted in Slack, then the timeline follows."""
    incident, root = thread
    ts = stage.workspace.say(user="alice", channel="#ops", text="it began at 3", thread_ts=root)
    happens(stage, reaction("reaction_added", ts))
    common = {"type": "message", "channel": "C0OPS", "channel_type": "channel", "event_ts": "1.2"}

    happens(stage, {**common, "subtype": "message_changed", "message": {"ts": ts, "text": "it began at 2"}})
    edited = told_by_timeline(stage, incident)[1:]
    happens(stage, {**common, "subtype": "message_deleted", "deleted_ts": ts})

    assert edited == ["message it began at 2"]
    assert told_by_timeline(stage, incident)[1:] == []


def test_a_diagnosis_in_the_thread_joins_and_its_findings_can_be_judged(
    stage: Stage, thread: tuple[Incident, str]
) -> None:
    """Given a diagnosis in the incident's thread, when answered and judged, then the timeline has it."""
    incident, root = thread
    stage.say("@sickbay diagnose local", user="bob", thread=root)
    job = stage.jobs()[-1].job
    stage.answer(job.id, report(CAUSE))
    reply = next(item for item in stage.messages(thread=root) if "finding_judge" in str(item))
    option = next(
        choice
        for block in reply["blocks"]
        for element in block.get("elements", ())
        for choice in element.get("options", ())
        if choice["value"].endswith(Judgement.CAUSE)
    )

    stage.workspace.click(
        user="bob", channel="#ops", ts=reply["ts"], action_id="finding_judge",
        chosen={"type": "overflow", "selected_option": option},
    )  # fmt: skip
    stage.say("@sickbay again", user="bob", thread=root)

    told = told_by_timeline(stage, incident)[1:]
    assert told[0].startswith("diagnosis local: High: db exited with code 3.")
    assert told[1] == f"mark {CAUSE.code} {CAUSE.subject}: cause"
    again = stage.jobs()[-1].job
    assert [item.judgement for item in again.request.judged] == [Judgement.CAUSE]
    stage.answer(again.id, report(CAUSE))
    card, found = stage.messages(thread=root)[-2:]
    assert "Marked the cause by @U0BOB" in text(card)
    assert "Marked the cause by @U0BOB" in text(found)
