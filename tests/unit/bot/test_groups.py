"""The members of user groups that the policy names: fresh enough, and nobody where Slack does not tell."""

import threading

import pytest

from bot.groups import UserGroups, following
from bot.slack import Slack
from sickbay.diagnostics.errors import DiagnosticsError, PermanentError, TemporaryError


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Fake(Slack):
    """A Slack with user groups, that a test can make ill, and that notes what it was asked."""

    def __init__(self, **members: set[str]) -> None:
        self.groups = members
        self.error: DiagnosticsError | None = None
        self.asked: list[str] = []
        self.asked_twice = threading.Event()

    def members(self, group: str) -> frozenset[str]:
        self.asked.append(group)
        if len(self.asked) > 1:
            self.asked_twice.set()
        if self.error:
            raise self.error
        return frozenset(self.groups[group])


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_user_is_in_those_groups_that_slack_tells() -> None:
    """Given two groups, when they were read, then each user is in those that list them."""
    groups = UserGroups(Fake(S1={"U1", "U2"}, S2={"U1"}), ["S1", "S2"])
    groups.refresh()

    assert groups.of("U1") == {"S1", "S2"}
    assert groups.of("U2") == {"S1"}
    assert groups.of("U3") == frozenset()


def test_nobody_is_a_member_before_slack_was_asked() -> None:
    """Given groups that were not read yet, when a member asks, then they count as none."""
    assert UserGroups(Fake(S1={"U1"}), ["S1"]).of("U1") == frozenset()


def test_an_answer_holds_for_five_minutes(clock: Clock) -> None:
    """Given groups that were read, when five minutes pass, then Slack is asked again, and not before."""
    slack = Fake(S1={"U1"})
    groups = UserGroups(slack, ["S1"], clock=clock)

    assert groups.refresh() == 300
    slack.groups["S1"] = {"U2"}
    clock.now += 299
    assert groups.refresh() == 1
    assert groups.of("U2") == frozenset()
    clock.now += 1
    groups.refresh()

    assert slack.asked == ["S1", "S1"]
    assert groups.of("U1") == frozenset()
    assert groups.of("U2") == {"S1"}


def test_members_stay_while_slack_is_ill(clock: Clock) -> None:
    """Given members, when Slack does not answer, then they stay, and it is asked again soon, not at each request."""
    slack = Fake(S1={"U1"})
    groups = UserGroups(slack, ["S1"], clock=clock)
    groups.refresh()
    slack.error = TemporaryError("Slack does not answer", delay=2.0)
    clock.now += 300

    assert groups.refresh() == 30
    assert groups.of("U1") == {"S1"}


def test_a_wait_that_slack_asks_for_is_kept(clock: Clock) -> None:
    """Given a Slack that asks to wait for a minute, when a group is due, then it is asked after that minute."""
    slack = Fake(S1={"U1"})
    slack.error = TemporaryError("Slack asks to wait", delay=60.0)

    assert UserGroups(slack, ["S1"], clock=clock).refresh() == 60


def test_a_group_that_slack_refuses_has_no_members(clock: Clock) -> None:
    """Given members, when Slack refuses to tell, as for a group that is gone, then nobody is one any more."""
    slack = Fake(S1={"U1"})
    groups = UserGroups(slack, ["S1"], clock=clock)
    groups.refresh()
    slack.error = PermanentError("usergroups.users.list: no_such_subteam")
    clock.now += 300
    groups.refresh()

    assert groups.of("U1") == frozenset()


def test_without_groups_slack_is_never_asked() -> None:
    """Given a policy that names no group, when the bot runs, then Slack is not asked and no thread is started."""
    slack = Fake()
    groups = UserGroups(slack, [])
    threads = threading.active_count()

    with following(groups):
        assert threading.active_count() == threads

    assert groups.of("U1") == frozenset()
    assert slack.asked == []


def test_groups_are_known_at_once_and_kept_fresh(clock: Clock) -> None:
    """Given a group, when the bot starts, then its members are known, and it is asked about again when it is due."""

    class Jumping(UserGroups):
        def refresh(self) -> float:
            super().refresh()
            clock.now += 300
            return 0.0

    slack = Fake(S1={"U1"})
    groups = Jumping(slack, ["S1"], clock=clock)
    with following(groups):
        assert groups.of("U1") == {"S1"}
        assert slack.asked_twice.wait(30)
