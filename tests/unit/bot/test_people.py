"""What Slack knows of a person is asked once an hour, and its silence keeps nobody waiting."""

import threading

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import promptly
from bot.people import TimeZones


class FakeSlack(WebClient):
    """Slack with one person in it, which may refuse or be away."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-1")
        self.calls = 0
        self.zone: str | None = "Europe/London"
        self.error: Exception | None = None

    def users_info(self, **_arguments: object) -> dict[str, object]:  # type: ignore[override]  # a part of the answer
        self.calls += 1
        if self.error:
            raise self.error
        return {"user": {"id": "U0ALICE", "tz": self.zone}}


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_time_zone_is_asked_once_an_hour() -> None:
    """Given a person, when their zone is wanted again and again, then Slack is asked once, and again after an hour."""
    slack, clock = FakeSlack(), Clock()
    zones = TimeZones(slack, clock=clock)

    assert [zones.of("U0ALICE") for _ in range(3)] == ["Europe/London"] * 3
    assert slack.calls == 1

    slack.zone, clock.now = "Asia/Tokyo", 3_600.0
    assert zones.of("U0ALICE") == "Asia/Tokyo"


def test_a_person_without_a_zone() -> None:
    """Given a person of whom Slack tells no zone, when it is wanted, then there is none."""
    slack = FakeSlack()
    slack.zone = None

    assert TimeZones(slack).of("U0ALICE") == ""


def test_slack_that_does_not_answer() -> None:
    """Given Slack that refuses, or is away, when a zone is wanted, then it is the last one that was known, if any."""
    slack, clock = FakeSlack(), Clock()
    zones = TimeZones(slack, clock=clock)
    zones.of("U0ALICE")
    clock.now = 4_000.0

    refused = SlackApiError("no", {"error": "missing_scope"})  # type: ignore[no-untyped-call]  # the SDK carries no types
    for slack.error in (refused, TimeoutError("away")):
        assert zones.of("U0ALICE") == "Europe/London"
        assert zones.of("U0BOB") == ""


def test_slack_that_answers_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given Slack that is slow, when a zone is wanted, then nobody waits for it, and it is known the next time."""
    answers, told = threading.Event(), threading.Event()

    class SlowSlack(FakeSlack):
        def users_info(self, **arguments: object) -> dict[str, object]:  # type: ignore[override]  # as above
            assert answers.wait(20)
            return super().users_info(**arguments)

    class KnownZones(TimeZones):
        def _asked(self, user: str) -> str:
            zone = super()._asked(user)
            told.set()
            return zone

    zones = KnownZones(SlowSlack())
    monkeypatch.setattr(promptly, "SECONDS", 0.01)
    assert zones.of("U0ALICE") == ""

    answers.set()
    assert told.wait(20)
    assert zones.of("U0ALICE") == "Europe/London"
