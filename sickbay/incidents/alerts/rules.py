"""The section `alerts` of the configuration: whose alerts are taken, what they are about, and which make incidents."""

import re
from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sickbay.diagnostics.targets import TargetName
from sickbay.incidents.model import IncidentSeverity

_PLACE = re.compile(r"\{([^{}]+)\}")
#: What a label may put into a scope: a name, and nothing that a scope's own grammar knows.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,252}")
#: Characters of a scope.
_LONGEST_SCOPE = 500

Glob = Annotated[str, StringConstraints(pattern=r"^.{1,512}$")]
Label = Annotated[str, StringConstraints(pattern=r"^[^{}]{1,256}$")]
Channel = Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]{1,31}$")]
Topic = Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}$")]
Template = Annotated[str, StringConstraints(pattern=r"^([^{}\s]|\{[^{}\s]+\})*$", max_length=200)]


class SenderName(StrEnum):
    """Whose alerts are understood: the last word of the address that they are sent to."""

    ALERTMANAGER = "alertmanager"
    GRAFANA = "grafana"
    PAGERDUTY = "pagerduty"
    SNS = "sns"
    AZURE = "azure"
    GENERIC = "generic"


class _Matching(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    match: Mapping[Label, Glob] = Field(
        default_factory=dict,
        description="Labels that an alert must have, each with a pattern of its value (`prod-*`); without it, any.",
    )

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Say whether an alert with these labels is meant. Upper and lower case differ."""
        return all(name in labels and fnmatchcase(labels[name], glob) for name, glob in self.match.items())


class TargetRule(_Matching):
    """What alerts with such labels are about."""

    target: TargetName = Field(description="The target, by its name in `targets`.")
    scope: Template = Field(
        default="",
        description="What inside the target: text with labels in braces, as in `{namespace}/{deployment}`. It ends "
        "before the first part whose label an alert does not have.",
    )

    def scope_of(self, labels: Mapping[str, str]) -> str:
        """Fill the scope in, as far as the labels go."""
        parts = []
        for part in self.scope.split("/"):
            if not all(_NAME.fullmatch(labels.get(name, "")) for name in _PLACE.findall(part)):
                break
            parts.append(_PLACE.sub(lambda place: labels[place[1]], part))
        scope = "/".join(parts)
        return scope if len(scope) <= _LONGEST_SCOPE else ""


class IncidentRule(_Matching):
    """Which alerts make incidents, how bad those are and where they are opened."""

    severity: IncidentSeverity = Field(description="How bad such an incident is.")
    channel: Channel = Field(description="The channel where it is opened, by its Slack id.")
    own_channel: bool = Field(default=False, description="Whether it gets a channel of its own.")


class AlertSettings(BaseModel):
    """Alerts of others, which the bot takes at http.host and http.port under /alerts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    senders: tuple[SenderName, ...] = Field(
        default=(),
        description="Whose alerts are taken. Each but `sns` needs its secret from the environment: docs/alerts.md.",
    )
    topics: tuple[Topic, ...] = Field(
        default=(), description="The SNS topics, by their ARNs, whose CloudWatch alarms are taken and whose "
        "subscriptions are confirmed."
    )  # fmt: skip
    targets: tuple[TargetRule, ...] = Field(
        default=(), description="What alerts are about; the first that matches decides."
    )
    incidents: tuple[IncidentRule, ...] = Field(
        default=(), description="Which alerts make incidents; the first that matches decides, without one none do."
    )

    def about(self, labels: Mapping[str, str]) -> tuple[str, str]:
        """Give the target and the scope that an alert is about, empty where no rule says."""
        rule = next((rule for rule in self.targets if rule.matches(labels)), None)
        return (rule.target, rule.scope_of(labels)) if rule else ("", "")

    def incident(self, labels: Mapping[str, str]) -> IncidentRule | None:
        """Give the rule by which an alert makes an incident."""
        return next((rule for rule in self.incidents if rule.matches(labels)), None)
