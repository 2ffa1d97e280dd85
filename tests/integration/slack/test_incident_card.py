"""What Slack shows of incidents: one card edited in place, news once, stakeholders, reminders, diagnoses."""

import itertools
from datetime import timedelta

from handlers.blocks.incident import MORE, REMIND, REOPEN, RESOLVE, TAKE, UPDATE
from sickbay.incidents import lifecycle
from sickbay.incidents.alerts.generic import read_generic
from sickbay.incidents.alerts.intake import Alerts
from sickbay.incidents.alerts.rules import AlertSettings
from sickbay.incidents.model import IncidentSeverity, IncidentState
from sickbay.jobs.model import JobState
from tests.integration.slack.room import Room, buttons, card_of, leading, to_state, updated
from tests.integration.slack.stage import Stage, text
from tests.unit.incidents.alert_payloads import generic

STAKEHOLDERS = "#general"


def test_an_incident_is_one_card_whose_thread_is_diagnosed_at_once(room: Room, stage: Stage) -> None:
    """Given an incident on a target, when opened, then its card stands, and in its thread it is diagnosed."""
    number = room.open()

    card = card_of(stage)
    assert f"SEV2 · INC-{number} · checkout answers 5xx" in text(card)
    assert [item.thread_ts for item in room.incidents.listed()] == [card["ts"]]
    job = stage.jobs()[-1].job
    assert (job.target, job.request.scope, job.asked_by) == ("local", "web-1", "U0ALICE")
    assert (job.destination.channel, job.destination.thread_ts) == ("C0OPS", card["ts"])


def test_an_incident_opened_in_a_thread_stays_there(room: Room, stage: Stage) -> None:
    """Given a thread, when an incident is opened in it, then its card and its news are replies in that thread."""
    question = stage.workspace.say(user="bob", channel="#ops", text="checkout is down")

    number = room.open(thread_ts=question)
    room.move(number, updated("looking"))

    assert stage.messages() == []
    card, news = stage.messages(thread=question)
    assert "looking" in text(card)
    assert "Update by @U0BOB: looking" in text(news)


def test_every_move_is_shown_on_the_card_and_once_in_the_thread(room: Room, stage: Stage) -> None:
    """Given an incident, when it is led, told of and moved on, then the card is edited, and each is told once."""
    number = room.open(target="")
    room.move(number, leading("U0BOB"))
    room.move(number, updated("a bad image was rolled out"))
    room.move(number, to_state(IncidentState.IDENTIFIED))
    room.board.turn()

    card = card_of(stage)
    shown = text(card)
    assert "Identified" in shown
    assert "a bad image was rolled out" in shown
    assert "Lead: @U0BOB" in shown
    led, told, identified = room.news(number)
    assert "@U0BOB is commander" in led
    assert "Update by @U0BOB: a bad image was rolled out" in told
    assert "investigating → identified, by @U0BOB" in identified


def test_the_buttons_follow_the_state(room: Room, stage: Stage) -> None:
    """Given an incident, when it is resolved and reopened, then its card offers what can be done then."""
    number = room.open(target="")
    before = buttons(card_of(stage))
    room.move(number, to_state(IncidentState.RESOLVED))
    resolved = buttons(card_of(stage))
    room.move(number, lifecycle.reopened)

    assert before[:2] == [TAKE, UPDATE]
    assert RESOLVE in before
    assert REOPEN in resolved
    assert UPDATE not in resolved
    assert buttons(card_of(stage)) == before
    assert before[-1] == MORE


def test_status_alone_is_shown_in_the_channel_too(room: Room, stage: Stage) -> None:
    """Given an incident, when it is told of, led, judged anew and moved, then the last two are in the channel too."""
    number = room.open(target="")
    room.move(number, updated("looking"))
    room.move(number, leading("U0BOB"))
    room.move(number, lambda incident, _at: lifecycle.to_severity(incident, IncidentSeverity.SEV1))
    room.move(number, to_state(IncidentState.MONITORING))

    thread = stage.messages(thread=room.incidents.get(number).thread_ts)
    assert [item.get("subtype") for item in thread] == [None, None, "thread_broadcast", "thread_broadcast"]


def test_stakeholders_are_told_of_status_alone(stage: Stage, room: Room) -> None:
    """Given a channel for stakeholders, when an incident is opened, told of and moved, then they hear of its status."""
    room.board = room.another(stage.workspace.store.channel(STAKEHOLDERS)["id"])
    number = room.open(target="")
    room.move(number, updated("looking"))
    room.move(number, leading("U0BOB"))
    room.move(number, to_state(IncidentState.RESOLVED))

    opened, resolved = [text(item) for item in stage.messages(STAKEHOLDERS)]
    assert f"SEV2 · INC-{number} · checkout answers 5xx: opened" in opened
    assert "investigating → resolved" in resolved


def test_stakeholders_who_cannot_be_told_keep_nothing_back(stage: Stage, room: Room) -> None:
    """Given a channel for stakeholders without the bot, when an incident is moved, then its own thread shows that."""
    room.board = room.another(stage.workspace.store.channel("#random-without-bot")["id"])
    number = room.open(target="")
    room.move(number, to_state(IncidentState.IDENTIFIED))

    assert "Identified" in text(card_of(stage))
    assert len(room.news(number)) == 1


def test_a_reminder_asks_for_an_update_until_there_is_one(room: Room, stage: Stage) -> None:
    """Given 30 minutes without an update, when they pass, then the thread is reminded once, with buttons, and again."""
    number = room.open(target="", remind_every=30)
    room.move(number, leading("U0BOB"))
    stage.seconds += 31 * 60
    room.settle()
    room.board.turn()

    thread = room.incidents.get(number).thread_ts
    reminder = stage.messages(thread=thread)[-1]
    assert "@U0BOB INC-" in text(reminder)
    assert "has had no update for 30 min." in text(reminder)
    assert buttons(reminder) == [UPDATE, *REMIND.values()]

    room.move(number, updated("still looking"))
    stage.seconds += 31 * 60
    room.settle()
    room.move(number, to_state(IncidentState.RESOLVED))
    stage.seconds += 60 * 60
    room.board.turn()

    assert sum("has had no update" in said for said in room.news(number)) == 2


def test_a_reminder_is_answered_by_its_buttons(room: Room, stage: Stage) -> None:
    """Given a reminder, when Bob wants the next one in an hour, and then never, then that is what the incident has."""
    number = room.open(target="", remind_every=30)
    stage.seconds += 31 * 60
    room.settle()
    reminder = stage.messages(thread=room.incidents.get(number).thread_ts)[-1]["ts"]

    stage.click(REMIND[60], reminder, user="bob")
    later = room.incidents.get(number).remind_every
    stage.click(REMIND[0], reminder, user="bob")

    assert (later, room.incidents.get(number).remind_at) == (60, None)


def test_a_click_on_the_card_is_shown_on_it(room: Room, stage: Stage) -> None:
    """Given a card, when Bob takes the lead by its button, then it names him and offers that no more."""
    number = room.open(target="")

    stage.click(TAKE, card_of(stage)["ts"], user="bob")
    room.settle()

    assert "Lead: @U0BOB" in text(card_of(stage))
    assert TAKE not in buttons(card_of(stage))
    assert len(room.news(number)) == 1


def test_who_may_not_diagnose_is_told_in_the_thread(room: Room, stage: Stage) -> None:
    """Given a target that Mallory may not diagnose, when an incident of theirs asks for it, then the thread says so."""
    number = room.open(target="guarded", by="U0MALLORY")

    assert stage.jobs() == []
    (said,) = room.news(number)
    assert "You may not do that here" in said


def test_an_alert_is_diagnosed_by_the_configuration(room: Room, stage: Stage) -> None:
    """Given an incident that an alert opened on a guarded target, when shown, then it is diagnosed all the same."""
    number = room.open(target="guarded", by="alertmanager")

    assert "by alertmanager" in text(card_of(stage))
    (record,) = stage.jobs()
    assert (record.job.target, record.state) == ("guarded", JobState.QUEUED)
    stage.deliver(record.job.id)
    assert any("asked by alertmanager" in said for said in room.news(number))


def test_the_card_follows_its_alerts(room: Room, stage: Stage) -> None:
    """Given three alerts of one outage, when they end one after the other, then one card counts, and turns green."""
    settings = AlertSettings.model_validate({"incidents": [{"severity": "sev2", "channel": "C0OPS"}]})
    alerts = Alerts(room.database, settings, {}, clock=room.now)
    seconds = itertools.count()

    def take(*ids: int, status: str) -> str:
        at = room.now() + timedelta(seconds=next(seconds))
        for number in ids:
            alerts.take(read_generic(generic(id=str(number), group="outage", status=status), at))
        room.settle()
        return text(card_of(stage))

    told = [take(1, 2, 3, status="firing"), take(1, status="resolved"), take(2, 3, status="resolved")]

    counts = ("Alerts: 3 firing of 3", "Alerts: 2 firing of 3", "Alerts: all 3 resolved")
    assert [count in shown for count, shown in zip(counts, told, strict=True)] == [True] * 3
    assert card_of(stage)["attachments"][0]["color"] == "#2eb886"
