"""The channel that an incident may have for itself: named, furnished, made once, or refused."""

import msgspec
import pytest

from handlers.blocks.offers import JUDGING
from sickbay.incidents.model import IncidentState
from tests.integration.slack.room import OPENING, RUNBOOK, Room, card_of, leading, to_state
from tests.integration.slack.stage import Stage, text


def test_a_channel_of_its_own_is_furnished(room: Room, stage: Stage) -> None:
    """Given an incident that shall have a channel, when opened and led, then the channel has people, card and links."""
    number = room.open(own_channel=True)
    room.move(number, leading("U0BOB"))

    channel = room.channel(number)
    assert channel["name"] == f"inc-{number}-checkout-answers-5xx"
    assert {"U0ALICE", "U0BOB"} <= set(channel["members"])
    assert channel["topic"]["value"] == "SEV2 | Investigating | checkout answers 5xx | lead <@U0BOB>"
    (card,) = [item for item in stage.messages(channel["id"]) if "attachments" in item]
    assert channel["pins"] == [card["ts"]]
    assert [(item["title"], item["link"]) for item in channel["bookmarks"]] == [(RUNBOOK.title, RUNBOOK.url)]
    (pointer,) = stage.messages()
    assert f"INC-{number} · checkout answers 5xx has a channel of its own" in text(pointer)
    assert stage.jobs()[-1].job.destination.channel == channel["id"]


def test_what_points_to_the_channel_says_how_it_stands(room: Room, stage: Stage) -> None:
    """Given an incident in a channel of its own, when resolved, then where it was opened the pointer says so."""
    number = room.open(own_channel=True)
    room.move(number, to_state(IncidentState.RESOLVED))

    (pointer,) = stage.messages()
    assert ". Resolved." in text(pointer)
    assert ":white_check_mark:" in text(pointer)


def test_a_channel_is_made_once(room: Room, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a post in the new channel that Slack refuses for now, when tried again, then there is one channel."""
    stage.workspace.faults.fail_next("chat.postMessage", status=500)

    number = room.open(own_channel=True)

    assert len(stage.calls("conversations.create")) == 1
    assert len(stage.messages(room.channel(number)["id"])) == 1


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("Überlast: Größe & Café!", False, "inc-{}-uberlast-gro-e-cafe"),
        ("全部ダウン", False, "inc-{}"),
        ("x" * 150, False, "inc-{}-" + "x" * (77 - len("inc-1-"))),
        ("checkout", True, "inc-{}"),
    ],
)
def test_a_channel_has_a_name_that_slack_takes(room: Room, stage: Stage, title: str, taken: bool, name: str) -> None:
    """Given titles with letters that no name may have, and a name that is taken, when opened, then a name is found."""
    opened = room.incidents.open(msgspec.structs.replace(OPENING, title=title, own_channel=True))
    if taken:
        stage.workspace.store.add_channel("C0TAKEN", f"inc-{opened.number}-{title}", ["U0BOB"])

    room.settle()

    expected = name.format(opened.number)
    assert room.channel(opened.number)["name"] == expected[:77]


def test_where_no_channel_may_be_made_the_thread_is_it(room: Room, stage: Stage) -> None:
    """Given a workspace that lets the bot create no channels, when opened, then the card stands here and says why."""
    stage.workspace.faults.missing_scopes.add("channels:manage")
    number = room.open(own_channel=True)
    stage.workspace.faults.missing_scopes.clear()

    incident = room.incidents.get(number)
    assert (incident.channel, incident.own_channel) == ("C0OPS", False)
    assert f"INC-{number}" in text(card_of(stage))
    assert any("A channel of its own could not be created" in said for said in room.news(number))


def test_a_channel_of_its_own_is_made_wherever_it_is_opened(room: Room, stage: Stage) -> None:
    """Given a channel without the bot, when an incident with a channel of its own is opened there, then it has one."""
    number = room.open(channel="C0RANDOM", own_channel=True)

    channel = room.channel(number)
    assert channel["name"].startswith(f"inc-{number}-")
    assert "U0ALICE" in channel["members"]


def test_an_archived_channel_is_left(room: Room, stage: Stage) -> None:
    """Given an incident's channel that was archived, when it is resolved, then nobody tries to show it for ever."""
    number = room.open(target="", own_channel=True)
    room.channel(number)["is_archived"] = True

    room.move(number, to_state(IncidentState.RESOLVED))

    assert room.incidents.unshown() == ()


def test_in_its_own_channel_words_need_no_thread(room: Room, stage: Stage) -> None:
    """Given an incident's own channel, when Alice speaks and diagnoses in it, then that is of the incident."""
    number = room.open(target="", own_channel=True)
    channel = room.channel(number)

    stage.say("@sickbay update a bad image", channel=channel["id"])
    stage.say("/diagnose local", channel=channel["id"])

    assert room.incidents.get(number).summary == "a bad image"
    assert JUDGING in stage.jobs()[-1].job.may
