"""What Slack shows of incidents: one card edited in place, news once, a channel of its own, stakeholders, reminders."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
import pytest
import redis

from bot.app import desk_of, guard_of
from bot.incidents import LATER, Board, showing_incidents
from bot.slack import Slack
from handlers.blocks.incident import MORE, REMIND, REOPEN, RESOLVE, TAKE, UPDATE
from handlers.blocks.message import Message
from handlers.blocks.offers import JUDGING
from sickbay.incidents import lifecycle
from sickbay.incidents.database import Database, DatabaseUnavailableError
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.lifecycle import Move
from sickbay.incidents.model import Incident, IncidentSeverity, IncidentState, Link, Opening, Role
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.model import JobState
from tests.integration.database.servers import postgres
from tests.integration.slack.stage import TARGETS, Stage, text

Wire = dict[str, Any]

RUNBOOK = Link("Runbook", "https://example.com/runbook")
OPENING = Opening(
    request_id="1.2.a", title="checkout answers 5xx", severity=IncidentSeverity.SEV2, by="U0ALICE", channel="C0OPS",
    target="local", scope="web-1", links=(RUNBOOK,),
)  # fmt: skip
STAKEHOLDERS = "#general"
#: Turns after which a board that still has something to do never ends.
_MOST_TURNS = 60


class Room:
    """A board, the incidents that it shows, and the stage on which it shows them."""

    def __init__(self, stage: Stage, database: Database | None = None) -> None:
        self.stage = stage
        self.database = database or stage.database
        self.incidents = Incidents(self.database, clock=self.now)
        self.board = self.another()

    def another(self, stakeholders: str = "") -> Board:
        """Give a bot's board."""
        stage = self.stage
        team = msgspec.structs.replace(stage.team, database=self.database)
        desk = desk_of(stage.queue, TARGETS, team, guard_of(team), budget_s=60)
        return Board(
            self.incidents, Timeline(self.database), desk, stage.redis, stage.slack,
            stakeholders=stakeholders, clock=stage.clock,
        )  # fmt: skip

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.stage.clock(), UTC)

    def open(self, **changes: Any) -> int:
        """Open an incident, and have it shown; gives its number."""
        number = self.incidents.open(msgspec.structs.replace(OPENING, **changes)).number
        self.settle()
        return number

    def move(self, number: int, make: Callable[[Incident, datetime], Move], *, by: str = "U0BOB") -> None:
        """Make a move, and have it shown."""
        self.incidents.move(number, make, by=by)
        self.settle()

    def settle(self) -> None:
        """Have all shown, with the time that it takes."""
        for _ in range(_MOST_TURNS):
            self.board.turn()
            if not (self.incidents.unshown() or self.incidents.wanted() or self.incidents.due()):
                return
            self.stage.seconds += 1
        raise AssertionError("the board has never done")

    def channel(self, number: int) -> Wire:
        """Give the incident's channel."""
        return self.stage.workspace.store.channel(self.incidents.get(number).channel)

    def news(self, number: int) -> list[str]:
        """Give what the bot said in the incident's thread."""
        incident = self.incidents.get(number)
        return [text(item) for item in self.stage.messages(incident.channel, incident.thread_ts)]


@pytest.fixture
def room(stage: Stage) -> Iterator[Room]:
    yield Room(stage)
    store = stage.workspace.store
    for made in [item["id"] for item in store.channels.values() if item["name"].startswith("inc-")]:
        del store.channels[made]


def to_state(state: IncidentState) -> Callable[[Incident, datetime], Move]:
    return partial(_to_state, state)


def _to_state(state: IncidentState, incident: Incident, at: datetime) -> Move:
    return lifecycle.to_state(incident, state, at)


def updated(told: str) -> Callable[[Incident, datetime], Move]:
    return lambda incident, at: lifecycle.updated(incident, told, at)


def leading(user: str) -> Callable[[Incident, datetime], Move]:
    return lambda incident, _at: lifecycle.assigned(incident, Role.COMMANDER, user)


def buttons(message: Wire) -> list[str]:
    """Give what can be done with a message, in order."""
    blocks = [*message["blocks"], *(block for part in message.get("attachments", ()) for block in part["blocks"])]
    return [part["action_id"] for block in blocks if block["type"] == "actions" for part in block["elements"]]


def card_of(stage: Stage) -> Wire:
    """Give the only card in #ops, among what is shown there too."""
    (card,) = [item for item in stage.messages() if "attachments" in item]
    return card


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


def test_a_channel_of_its_own_is_made_wherever_it_is_opened(room: Room, stage: Stage) -> None:
    """Given a channel without the bot, when an incident with a channel of its own is opened there, then it has one."""
    number = room.open(channel="C0RANDOM", own_channel=True)

    channel = room.channel(number)
    assert channel["name"].startswith(f"inc-{number}-")
    assert "U0ALICE" in channel["members"]


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
    assert "has had no update for 30 minutes" in text(reminder)
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
    room.open(target="guarded", by="alertmanager")

    assert "by alertmanager" in text(card_of(stage))
    (record,) = stage.jobs()
    assert (record.job.target, record.state) == ("guarded", JobState.QUEUED)
    stage.deliver(record.job.id)
    assert any("asked by alertmanager" in said for said in room.news(record_number(room)))


def record_number(room: Room) -> int:
    return room.incidents.listed()[0].number


@pytest.mark.parametrize("status", [429, 500])
def test_a_slack_that_is_ill_for_a_while_gets_it_all(room: Room, stage: Stage, status: int) -> None:
    """Given a Slack that refuses posts and edits for a while, when it is well again, then all stands there once."""
    stage.workspace.faults.fail_next("chat.postMessage", status=status, count=3, retry_after=7)
    number = room.open(target="")
    stage.workspace.faults.fail_next("chat.update", status=status, count=2, retry_after=7)
    room.move(number, to_state(IncidentState.RESOLVED))

    assert "Resolved" in text(card_of(stage))
    assert len(room.news(number)) == 1


def test_an_archived_channel_is_left(room: Room, stage: Stage) -> None:
    """Given an incident's channel that was archived, when it is resolved, then nobody tries to show it for ever."""
    number = room.open(target="", own_channel=True)
    room.channel(number)["is_archived"] = True

    room.move(number, to_state(IncidentState.RESOLVED))

    assert room.incidents.unshown() == ()


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


def test_in_its_own_channel_words_need_no_thread(room: Room, stage: Stage) -> None:
    """Given an incident's own channel, when Alice speaks and diagnoses in it, then that is of the incident."""
    number = room.open(target="", own_channel=True)
    channel = room.channel(number)

    stage.say("@sickbay update a bad image", channel=channel["id"])
    stage.say("/diagnose local", channel=channel["id"])

    assert room.incidents.get(number).summary == "a bad image"
    assert JUDGING in stage.jobs()[-1].job.may


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


class Away(Board):
    """A board whose database, and then Redis, is away for a while."""

    def __init__(self) -> None:
        self.turns = 0
        self.done = threading.Event()

    def turn(self) -> None:
        self.turns += 1
        if self.turns == 1:
            error = DatabaseUnavailableError("the database does not answer")
            error.delay = 0.01
            raise error
        if self.turns == 2:
            raise redis.ConnectionError("connection refused")
        self.done.set()


def test_the_thread_outlives_what_is_away() -> None:
    """Given a database and a Redis that are away, when the thread looks, then it goes on, woken or not."""
    board, woken = Away(), threading.Event()

    with showing_incidents(board, woken):
        assert board.done.wait(30)

    assert not any(thread.name == "incidents" for thread in threading.enumerate())
