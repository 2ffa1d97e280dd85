"""The policy: who may do what, where, and on which target."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.incidents.policy import DEFAULT_RULE, READING, Action, Decision, Policy, Rule, matches

PROD = DockerTarget(name="prod-1", host="tcp://prod-1:2376", labels={"team": "payments", "tier": ""})
BUILD = DockerTarget(name="build", host="tcp://build:2376")
NO_GROUPS: frozenset[str] = frozenset()


def decided(
    *rules: Rule,
    action: Action = Action.LOGS,
    user: str = "U1",
    groups: frozenset[str] = NO_GROUPS,
    channel: str = "C1",
    target: DockerTarget | None = PROD,
) -> Decision:
    return Policy(rules).decide(action, user=user, groups=groups, channel=channel, target=target)


@pytest.mark.parametrize("action", Action)
def test_without_rules_reading_is_open_and_nothing_else(action: Action) -> None:
    """Given no rule, when anything is asked, then it is allowed where it only reads."""
    assert decided(action=action) == Decision(action in {Action.DIAGNOSE, Action.LOGS}, DEFAULT_RULE)


def test_a_rule_closes_what_it_is_about_to_all_others() -> None:
    """Given a rule about the logs of prod, when somebody else asks for them, then it is denied, naming that rule."""
    rule = Rule(name="on call", do=(Action.LOGS,), on=("prod-*",), users=("U2",))

    assert decided(rule) == Decision(allowed=False, rule="on call")
    assert decided(rule, user="U2") == Decision(allowed=True, rule="on call")


def test_a_rule_leaves_open_what_it_is_not_about() -> None:
    """Given a rule about the logs of prod, when another target is read, or another action asked, then it is open."""
    rule = Rule(name="on call", do=(Action.LOGS,), on=("prod-*",), users=("U2",))

    assert decided(rule, target=BUILD) == Decision(allowed=True, rule=DEFAULT_RULE)
    assert decided(rule, action=Action.DIAGNOSE) == Decision(allowed=True, rule=DEFAULT_RULE)


@pytest.mark.parametrize(
    ("user", "channel", "allowed"), [("U2", "C2", True), ("U2", "C1", False), ("U1", "C2", False), ("U1", "C1", False)]
)
def test_user_and_channel_must_both_be_allowed(user: str, channel: str, allowed: bool) -> None:
    """Given a rule with a user and a channel, when only one of them fits, then the request is denied."""
    rule = Rule(name="r", do=(Action.MUTE,), users=("U2",), channels=("C2",))

    assert decided(rule, action=Action.MUTE, user=user, channel=channel).allowed is allowed


def test_two_rules_are_not_mixed() -> None:
    """Given the user in one rule and the channel in another, when both are asked for, then no rule allows it."""
    rules = (
        Rule(name="first", do=(Action.ACT,), users=("U1",), channels=("C2",)),
        Rule(name="second", do=(Action.ACT,), users=("U2",), channels=("C1",)),
    )

    assert decided(*rules, action=Action.ACT) == Decision(allowed=False, rule="first, second")


def test_the_first_rule_that_allows_is_named() -> None:
    """Given three rules of which two allow, when asked, then the first of these is named."""
    rules = [Rule(name=name, do=(Action.ACT,), users=(user,)) for name, user in (("a", "U2"), ("b", "U1"), ("c", "U1"))]

    assert decided(*rules, action=Action.ACT) == Decision(allowed=True, rule="b")


@pytest.mark.parametrize(
    ("user", "groups", "allowed"), [("U1", {"S1"}, True), ("U1", {"S2"}, False), ("U2", set(), True)]
)
def test_users_and_members_of_groups_are_allowed(user: str, groups: set[str], allowed: bool) -> None:
    """Given a rule with a user and a group, when one of them fits, then that is enough."""
    rule = Rule(name="r", do=(Action.ACT,), users=("U2",), groups=("S1",))

    assert decided(rule, action=Action.ACT, user=user, groups=frozenset(groups)).allowed is allowed


def test_a_rule_without_users_is_for_everybody() -> None:
    """Given a rule with a channel alone, when anybody asks there, then it is allowed."""
    rule = Rule(name="r", do=(Action.REPORT,), channels=("C1",))

    assert decided(rule, action=Action.REPORT, user="U9").allowed


@pytest.mark.parametrize(("channel", "allowed"), [("D0AB", True), ("C0AB", False), ("G0AB", False)])
def test_direct_is_any_direct_message(channel: str, allowed: bool) -> None:
    """Given a rule for direct messages, when it is asked elsewhere, then it is denied."""
    rule = Rule(name="r", do=(Action.ACT,), channels=("direct",))

    assert decided(rule, action=Action.ACT, channel=channel).allowed is allowed


def test_a_direct_message_is_no_place_of_a_rule_with_channels() -> None:
    """Given a rule with a channel, when it is asked in a direct message, then it is denied."""
    assert not decided(Rule(name="r", do=(Action.ACT,), channels=("C1",)), action=Action.ACT, channel="D1").allowed


def test_an_action_on_no_target_needs_a_rule_without_targets() -> None:
    """Given rules with and without targets, when an action is on no target, then only the latter counts."""
    some, all_targets = Rule(name="some", do=(Action.REPORT,), on=("*",)), Rule(name="all", do=(Action.REPORT,))

    assert decided(some, action=Action.REPORT, target=None) == Decision(allowed=False, rule=DEFAULT_RULE)
    assert decided(some, all_targets, action=Action.REPORT, target=None) == Decision(allowed=True, rule="all")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("prod-1", True),
        ("prod-*", True),
        ("prod-?", True),
        ("*", True),
        ("prod", False),
        ("PROD-1", False),
        ("rod-1", False),
        ("team=payments", True),
        ("team=pay*", True),
        ("team=*", True),
        ("team=orders", False),
        ("zone=*", False),
        ("tier=", True),
        ("team=", False),
        ("*=payments", False),
    ],
)
def test_patterns_match_names_and_labels(pattern: str, expected: bool) -> None:
    """Given a pattern, when a target is compared, then its name or its label decides, upper and lower case apart."""
    assert matches(pattern, PROD) is expected


def test_the_groups_of_all_rules_are_known() -> None:
    """Given rules with and without groups, when their groups are asked for, then all are there."""
    rules = (
        Rule(name="a", do=(Action.ACT,), groups=("S1", "S2")),
        Rule(name="b", do=(Action.ACT,)),
        Rule(name="c", do=(Action.ACT,), groups=("S2", "S3")),
    )

    assert Policy(rules).groups == {"S1", "S2", "S3"}


def _some(*values: str) -> st.SearchStrategy[tuple[str, ...] | None]:
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=2).map(tuple)


RULES = st.lists(
    st.builds(
        Rule,
        name=st.sampled_from(("a", "b")),
        do=st.lists(st.sampled_from(Action), min_size=1).map(tuple),
        on=_some("prod-*", "build", "team=payments"),
        users=_some("U1", "U2"),
        groups=_some("S1", "S2"),
        channels=_some("C1", "C2", "direct"),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(
    RULES,
    st.sampled_from(Action),
    st.sampled_from(("U1", "U3")),
    st.sampled_from(("C1", "D1")),
    st.sampled_from((PROD, None)),
)
def test_what_is_not_reading_is_allowed_by_a_whole_rule_alone(
    rules: list[Rule], action: Action, user: str, channel: str, target: DockerTarget | None
) -> None:
    """Given any rules, when any request is decided, then it is allowed by one rule that fits as a whole, or as open."""
    member = frozenset({"S1"})
    about = [rule for rule in rules if rule.is_about(action, target)]
    admitting = [rule for rule in about if rule.admits(user, member, channel)]

    decision = decided(*rules, action=action, user=user, groups=member, channel=channel, target=target)

    assert decision.allowed is (bool(admitting) or (not about and action in READING))
    assert not admitting or decision.rule == admitting[0].name
