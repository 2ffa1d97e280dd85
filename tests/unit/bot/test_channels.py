"""Slack's silence about a channel keeps nobody waiting, and nobody from a report where they are themselves."""

import threading

import pytest
from slack_sdk import WebClient

from bot import promptly
from bot.channels import unwelcome
from handlers.guard import Asker


class SlowSlack(WebClient):
    """Slack that answers once it is let."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-1")
        self.answers = threading.Event()

    def conversations_info(self, **_arguments: object) -> dict[str, object]:  # type: ignore[override]  # a part of it
        assert self.answers.wait(20)
        return {"channel": {"is_member": False}}


def test_a_channel_that_slack_does_not_tell_in_time_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given Slack that is slow, when a report shall come where one is, then nobody waits, and nothing is against it."""
    slack, asker = SlowSlack(), Asker("U0ALICE", "C0OPS")
    with monkeypatch.context() as hurried:
        hurried.setattr(promptly, "SECONDS", 0.01)
        assert unwelcome(slack, "C0OPS", asker) == ""

    slack.answers.set()
    assert "/invite @sickbay" in unwelcome(slack, "C0OPS", asker)


def test_a_channel_elsewhere_that_slack_does_not_tell_of_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given Slack that is slow, when a report shall come elsewhere, which may be private, then that is refused."""
    monkeypatch.setattr(promptly, "SECONDS", 0.01)
    slack = SlowSlack()

    assert "Slack does not tell me now" in unwelcome(slack, "C0DEV", Asker("U0ALICE", "C0OPS"))
    slack.answers.set()


def test_however_many_wait_nobody_waits_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more requests than are asked at a time of Slack that is silent, when one more asks, then it is let go."""
    slack = SlowSlack()
    monkeypatch.setattr(promptly, "SECONDS", 0.01)

    assert {unwelcome(slack, f"C0{number}", Asker("U0ALICE", f"C0{number}")) for number in range(20)} == {""}

    slack.answers.set()
