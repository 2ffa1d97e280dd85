"""Whatever Slack, Redis, the database and other bots do, each incident is shown, and nothing of it twice."""

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest

from bot.slack import Slack
from bot.turns import LATER
from handlers.blocks.incident import incident_card
from handlers.blocks.message import Message
from sickbay.incidents.database import Database, DatabaseUnavailableError
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import NO_ALERTS, AlertCounts, Incident, IncidentState
from tests.integration.database.servers import postgres
from tests.integration.slack.room import OPENING, Room, card_of, to_state, updated
from tests.integration.slack.stage import Stage, text


def test_who_opens_where_the_bot_is_not_is_told_once_and_the_card_follows(room: Room, stage: Stage) -> None:
    """Given a channel without the bot, when an incident is opened there, then its opener is told; invited, it shows."""
    channel = stage.workspace.store.channel("#random-without-bot")
    room.incidents.open(msgspec.structs.replace(OPENING, channel=channel["id"], target=""))
    room.board.turn()
    stage.seconds += LATER + 1
    room.board.turn()
    told = [text(item) for item in stage.messages("U0ALICE")]

    channel["members"].append("U0SICKBAY")
    stage.seconds += LATER + 1
    room.settle()

    assert len(told) == 1
    assert "/invite @sickbay" in told[0]
    assert len(stage.messages("#random-without-bot")) == 1


def test_a_crash_between_post_and_memory_shows_nothing_twice(
    room: Room, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a card and a news whose answers are lost, when the next bot goes on, then each stands there once."""
    post = Slack.post
    lost: list[str] = []

    def losing(slack: Slack, channel: str, thread: str | None, message: Message) -> str:
        ts = post(slack, channel, thread, message)
        if message.key not in lost:
            lost.append(message.key)
            raise SystemExit
        return ts

    monkeypatch.setattr(Slack, "post", losing)
    number = room.incidents.open(msgspec.structs.replace(OPENING, target="")).number
    with pytest.raises(SystemExit):
        room.board.turn()
    room.board = room.another()
    room.settle()
    room.incidents.move(number, to_state(IncidentState.IDENTIFIED), by="U0BOB")
    with pytest.raises(SystemExit):
        room.board.turn()
    room.board = room.another()
    room.settle()

    assert len(stage.messages()) == 1 + 1  # the card, and the news that is shown in the channel too
    assert len(room.news(number)) == 1
    assert "Identified" in text(stage.messages()[0])


def test_a_redis_that_forgot_posts_no_second_card(room: Room, stage: Stage) -> None:
    """Given an incident whose card Redis forgot, when it is moved, then its card is found in Slack and edited."""
    number = room.open(target="")
    room.move(number, updated("looking"))
    stage.redis.flushdb()

    room.move(number, to_state(IncidentState.RESOLVED))

    assert "Resolved" in text(card_of(stage))
    assert len(room.news(number)) == 2


def test_an_incident_that_is_not_understood_keeps_no_other_back(
    room: Room, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given two incidents of which one cannot be drawn, when shown, then the other is, and later both are."""

    def failing(incident: Incident, updated_at: datetime | None = None, alerts: AlertCounts = NO_ALERTS) -> Message:
        if incident.number == first:
            raise ValueError("not understood")
        return incident_card(incident, updated_at, alerts)

    first = room.incidents.open(OPENING).number
    room.incidents.open(msgspec.structs.replace(OPENING, request_id="1.3.a", title="payments are slow"))
    monkeypatch.setattr("bot.incidents.incident_card", failing)
    room.board.turn()
    shown = [text(item) for item in stage.messages()]
    monkeypatch.undo()
    stage.seconds += LATER + 1
    room.settle()

    assert len(shown) == 1
    assert "payments are slow" in shown[0]
    assert len(stage.messages()) == 2


def test_a_deleted_card_stays_deleted(room: Room, stage: Stage) -> None:
    """Given a card that somebody deleted, when the incident moves on, then that is told, and no card is posted anew."""
    number = room.open(target="")
    stage.slack._client.chat_delete(channel="C0OPS", ts=card_of(stage)["ts"])

    room.move(number, updated("looking"))

    assert [item for item in stage.messages() if "attachments" in item] == []


def test_two_bots_show_it_once(room: Room, stage: Stage) -> None:
    """Given two bots, when both look at what is to be shown, then one waits for the other, and each stands once."""
    other = room.another()
    number = room.incidents.open(OPENING).number
    with stage.redis.lock(f"sickbay:lock:incident:{number}", timeout=5):
        other.turn()
        assert stage.messages() == []

    room.settle()
    other.turn()

    assert len(stage.messages()) == 1
    assert len(stage.jobs()) == 1


@pytest.mark.parametrize("status", [429, 500])
def test_a_slack_that_is_ill_for_a_while_gets_it_all(room: Room, stage: Stage, status: int) -> None:
    """Given a Slack that refuses posts and edits for a while, when it is well again, then all stands there once."""
    stage.workspace.faults.fail_next("chat.postMessage", status=status, count=3, retry_after=7)
    number = room.open(target="")
    stage.workspace.faults.fail_next("chat.update", status=status, count=2, retry_after=7)
    room.move(number, to_state(IncidentState.RESOLVED))

    assert "Resolved" in text(card_of(stage))
    assert len(room.news(number)) == 1


def test_a_database_that_is_down_is_waited_for(room: Room, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a database that goes away after the card was posted, when it is back, then the card is there once."""
    place = Incidents.place

    def away(*_arguments: Any, **_named: Any) -> None:
        raise DatabaseUnavailableError("the database does not answer")

    monkeypatch.setattr(Incidents, "place", away)
    room.incidents.open(OPENING)
    with pytest.raises(DatabaseUnavailableError):
        room.board.turn()
    monkeypatch.setattr(Incidents, "place", place)

    room.settle()

    assert len(stage.messages()) == 1
    assert len(stage.jobs()) == 1


@pytest.fixture
def two_bots(stage: Stage) -> Iterator[tuple[Room, Room]]:
    """Two bots with connections of their own to one PostgreSQL."""
    with postgres() as server:
        url = server.database()
        databases = [Database(url), Database(url)]
        databases[0].upgrade()
        yield Room(stage, databases[0]), Room(stage, databases[1])
        for database in databases:
            database.close()


@pytest.mark.postgres
def test_two_bots_on_one_postgresql_show_each_incident_once(stage: Stage, two_bots: tuple[Room, Room]) -> None:
    """Given two bots on one database, when both open and show incidents at once, then each stands there once."""
    failed: list[BaseException] = []

    def work(room: Room) -> None:
        try:
            for number in range(3):
                room.incidents.open(msgspec.structs.replace(OPENING, request_id=f"1.{number}", channel="C0GENERAL"))
                room.board.turn()
        except BaseException as error:
            failed.append(error)

    bots = [threading.Thread(target=work, args=(room,)) for room in two_bots]
    for bot in bots:
        bot.start()
    for bot in bots:
        bot.join()
    two_bots[0].settle()

    assert failed == []
    assert len(stage.messages("#general")) == 3
    assert len(stage.jobs()) == 3
