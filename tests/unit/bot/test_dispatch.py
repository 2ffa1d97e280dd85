"""A request is handled once by whichever bot, and again where that failed; junk is refused without harm."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import BoltRequest, BoltResponse

from bot.dispatch import CarefulApp
from bot.seen import DONE_EXPIRES, UNDER_WAY_EXPIRES, Seen, State
from sickbay.jobs.broker import connect
from tests.unit.bot.house import (
    FakeSlack,
    Wire,
    app_for,
    click,
    command,
    envelope,
    mention,
    search,
    submission,
    written,
)

#: Seconds from Slack's first attempt to its last, and for which a signature is good.
SLACKS_LAST_RETRY, SIGNATURE = 6 * 60, 5 * 60


class Taken:
    """Notes what the listeners were told, and can fail or wait before that."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.before: Callable[[], None] = lambda: None

    def __call__(self, request_id: str) -> None:
        self.before()
        self.ids.append(request_id)


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
def app(slack: FakeSlack, empty_redis: redis.Redis, taken: Taken) -> CarefulApp:
    return app_for(slack, empty_redis, taken)


def fail() -> None:
    raise RuntimeError("broken")


@pytest.mark.parametrize(
    "body", [command(), mention(), click(), submission()], ids=["command", "event", "click", "form"]
)
def test_a_repeat_is_acknowledged_and_not_handled(app: CarefulApp, taken: Taken, body: Wire) -> None:
    """Given a request that was handled, when it comes again, then it is acknowledged and no listener hears of it."""
    answers = [app.dispatch(envelope(body)).status, app.dispatch(envelope(body, retry=1)).status]

    assert answers == [200, 200]
    assert len(taken.ids) == 1


def test_another_replica_knows_what_was_handled(
    app: CarefulApp, slack: FakeSlack, empty_redis: redis.Redis, taken: Taken
) -> None:
    """Given two bots on one Redis, when one has handled an event, then the other only acknowledges its repeat."""
    other = app_for(slack, empty_redis, taken)

    assert app.dispatch(envelope(mention())).status == other.dispatch(envelope(mention(), retry=1)).status == 200
    assert taken.ids == ["Ev1"]


def test_the_modes_know_of_each_other(app: CarefulApp, taken: Taken) -> None:
    """Given an event that came by Socket Mode, when it comes again by HTTP, then it is not handled twice."""
    app.dispatch(envelope(mention()))
    app.dispatch(BoltRequest(body=written(mention()).decode()))

    assert taken.ids == ["Ev1"]


def test_different_requests_are_all_handled(app: CarefulApp, taken: Taken) -> None:
    """Given requests with ids of their own, when they come, then each is handled."""
    for number in range(3):
        app.dispatch(envelope(mention(f"Ev{number}")))
        app.dispatch(envelope(command(f"{number}.0.x")))

    assert len(taken.ids) == 6


def test_what_failed_is_handled_when_it_comes_again(app: CarefulApp, taken: Taken) -> None:
    """Given an event whose listener failed, when Slack sends it again, then it is handled."""
    taken.before = fail
    assert app.dispatch(envelope(mention())).status == 500

    taken.before = lambda: None
    assert app.dispatch(envelope(mention(), retry=1)).status == 200
    assert taken.ids == ["Ev1"]


class Held:
    """The first time that it is called it waits until it is let go, and then fails where it should."""

    def __init__(self, *, well: bool = True) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self._well = well

    def __call__(self) -> None:
        if self.begun.is_set():
            return
        self.begun.set()
        self.go_on.wait(30)
        if not self._well:
            fail()


def test_a_repeat_of_what_takes_long_is_for_later(slack: FakeSlack, empty_redis: redis.Redis, taken: Taken) -> None:
    """Given an event under way, when its repeat has waited, then Slack is not told that it was handled."""
    app = app_for(slack, empty_redis, taken, patience_s=0.1)
    taken.before = held = Held()
    with ThreadPoolExecutor() as threads:
        first = threads.submit(app.dispatch, envelope(mention()))
        assert held.begun.wait(30)

        assert app.dispatch(envelope(mention(), retry=1)).status == 503
        held.go_on.set()
        assert first.result(30).status == 200
    assert app.dispatch(envelope(mention(), retry=2)).status == 200
    assert taken.ids == ["Ev1"]


@pytest.mark.parametrize(("well", "statuses"), [(True, [200, 200]), (False, [500, 200])])
def test_a_repeat_waits_for_what_is_under_way(
    slack: FakeSlack, empty_redis: redis.Redis, taken: Taken, *, well: bool, statuses: list[int]
) -> None:
    """Given an event under way, when its repeat waits and the first ends or fails, then the event is handled once."""
    app = app_for(slack, empty_redis, taken, patience_s=30)
    taken.before = held = Held(well=well)
    with ThreadPoolExecutor() as threads:
        both = [threads.submit(app.dispatch, envelope(mention()))]
        assert held.begun.wait(30)
        both.append(threads.submit(app.dispatch, envelope(mention(), retry=1)))
        held.go_on.set()
        assert [answer.result(30).status for answer in both] == statuses
    assert taken.ids == ["Ev1"]


def test_a_bot_that_was_killed_meanwhile_is_forgotten_before_slack_comes_again(empty_redis: redis.Redis) -> None:
    """Given a request under way as its bot is killed, when Slack sends it again a minute later, then it is new."""
    assert Seen(empty_redis).begin("Ev1") is State.NEW

    assert 0 < empty_redis.ttl("sickbay:seen:Ev1") <= UNDER_WAY_EXPIRES < 60


def test_what_was_handled_is_known_as_long_as_it_may_come_again(empty_redis: redis.Redis) -> None:
    """Given a request that was handled, when it may still come again, then it is known; and forgotten in the end."""
    seen = Seen(empty_redis)
    seen.begin("Ev1")
    seen.end("Ev1", well=True)

    assert max(SLACKS_LAST_RETRY, SIGNATURE) < empty_redis.ttl("sickbay:seen:Ev1") <= DONE_EXPIRES


def test_without_redis_requests_are_handled(slack: FakeSlack, taken: Taken) -> None:
    """Given no Redis, when a request comes, then its listener hears of it, and can say that Redis is away."""
    app = app_for(slack, connect("redis://127.0.0.1:9", sender=True), taken)

    assert app.dispatch(envelope(command())).status == 200
    assert taken.ids == ["1.2.x"]


def test_a_search_is_answered_each_time(app: CarefulApp, taken: Taken) -> None:
    """Given that Slack gives a search in a menu no id, when somebody types on, then each is handled."""
    for _ in range(2):
        assert app.dispatch(envelope(search())).status == 200

    assert taken.ids == ["no id", "no id"]


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_KINDS = [command(), mention(), click(), submission(), search()]


@given(kind=st.sampled_from(_KINDS), data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_payload_with_anything_in_it_does_no_harm(app: CarefulApp, kind: Wire, data: st.DataObject) -> None:
    """Given a payload with a field missing or of any other shape, when it is dispatched, then there is an answer."""
    body: dict[str, Any] = dict(kind)
    field = data.draw(st.sampled_from(sorted(body)))
    if data.draw(st.booleans()):
        del body[field]
    else:
        body[field] = data.draw(_JUNK)
    try:
        request = envelope(body)
    except Exception:
        # The SDK's own thread logs what Bolt cannot even read.
        return

    assert app.dispatch(request).status in {200, 400, 404, 500, 503}


def test_an_app_is_busy_while_somebody_waits(app: CarefulApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a request, when it is handled, then the app is busy meanwhile, and neither before nor after."""
    seen: list[bool] = []
    handle = app._handle

    def looking(request: BoltRequest) -> BoltResponse:
        seen.append(app.busy)
        return handle(request)

    monkeypatch.setattr(app, "_handle", looking)

    before = app.busy
    app.dispatch(BoltRequest(body={"type": "event_callback"}, mode="socket_mode"))

    assert (before, seen, app.busy) == (False, [True], False)
