"""Who may do what, where, and on which target: the rules of the configuration, and what they decide.

A request needs its user and its channel to be allowed by the same rule. Reading (READING) is open as long as no rule is
about that action on that target; from then on a rule must allow it. Everything else is denied unless a rule allows it.
"""

from collections.abc import Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sickbay.diagnostics.targets import Target

#: Stands in a rule's `channels` for every direct message.
DIRECT = "direct"
#: In place of a rule's name where none is about the action on the target.
DEFAULT_RULE = "default"


class Action(StrEnum):
    """What a person can ask for."""

    DIAGNOSE = "diagnose"
    LOGS = "logs"
    REPORT = "report"
    INCIDENT = "incident"
    MUTE = "mute"
    ACT = "act"


#: What changes nothing and tells nobody else: open until a rule is about it.
READING = frozenset({Action.DIAGNOSE, Action.LOGS})

RuleName = Annotated[str, StringConstraints(pattern=r"^[^\s,][^\r\n\t,]{0,63}$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{1,31}$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{1,31}$")]
Place = Annotated[str, StringConstraints(pattern=rf"^([CG][A-Z0-9]{{1,31}}|{DIRECT})$")]
Pattern = Annotated[str, StringConstraints(pattern=r"^\S{1,512}$")]


class Rule(BaseModel):
    """Allows its people, in its channels, its actions on its targets. What is absent (None) limits nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: RuleName = Field(description="What the rule is called where it is told who allowed what, such as `on call`.")
    do: tuple[Action, ...] = Field(min_length=1, description="The actions that it allows.")
    on: tuple[Pattern, ...] | None = Field(
        default=None,
        min_length=1,
        description="The targets: patterns of names (`prod-*`) or of labels (`team=pay*`); without it, all.",
    )
    users: tuple[UserId, ...] | None = Field(
        default=None, min_length=1, description="People by their Slack ids; without it and `groups`, everybody."
    )
    groups: tuple[GroupId, ...] | None = Field(
        default=None, min_length=1, description="User groups by their Slack ids; their members are allowed as well."
    )
    channels: tuple[Place, ...] | None = Field(
        default=None,
        min_length=1,
        description=f"Channels by their Slack ids, `{DIRECT}` for direct messages; without it, everywhere.",
    )

    def is_about(self, action: Action, target: Target | None) -> bool:
        """Say whether the rule governs the action on the target; None is an action that is on no target."""
        if action not in self.do:
            return False
        return self.on is None or (target is not None and any(matches(pattern, target) for pattern in self.on))

    def admits(self, user: str, groups: frozenset[str], channel: str) -> bool:
        """Say whether the rule is for this user, a member of these groups, in this channel."""
        return self._admits_user(user, groups) and self._admits_channel(channel)

    def _admits_user(self, user: str, groups: frozenset[str]) -> bool:
        if self.users is None and self.groups is None:
            return True
        return user in (self.users or ()) or not groups.isdisjoint(self.groups or ())

    def _admits_channel(self, channel: str) -> bool:
        if self.channels is None or channel in self.channels:
            return True
        return DIRECT in self.channels and channel.startswith("D")


def matches(pattern: str, target: Target) -> bool:
    """Say whether the target has such a name, or, for `label=pattern`, such a label. Upper and lower case differ."""
    label, is_label, value = pattern.partition("=")
    if is_label:
        return label in target.labels and fnmatchcase(target.labels[label], value)
    return fnmatchcase(target.name, pattern)


class Decision(msgspec.Struct, frozen=True):
    """Whether a request is allowed, and by which rule.

    `rule` is the name of the rule that allows; where it is denied, the names of those that could have allowed it, and
    DEFAULT_RULE where there are none.
    """

    allowed: bool
    rule: str


class Policy:
    """All rules. Without any, reading is open to everybody and nothing else is."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self._rules = tuple(rules)

    @property
    def groups(self) -> frozenset[str]:
        """Give the ids of all user groups that rules name."""
        return frozenset(group for rule in self._rules for group in rule.groups or ())

    def decide(
        self, action: Action, *, user: str, groups: frozenset[str], channel: str, target: Target | None
    ) -> Decision:
        """Decide whether the user, a member of these groups, may do this in the channel on the target."""
        governing = [rule for rule in self._rules if rule.is_about(action, target)]
        if not governing:
            return Decision(action in READING, DEFAULT_RULE)
        for rule in governing:
            if rule.admits(user, groups, channel):
                return Decision(allowed=True, rule=rule.name)
        return Decision(allowed=False, rule=", ".join(rule.name for rule in governing))
