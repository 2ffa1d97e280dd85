"""The section `incidents` of the configuration: what a new incident has, and who follows from afar."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from sickbay.incidents.alerts.rules import Channel
from sickbay.incidents.model import Defaults, IncidentSeverity
from sickbay.settings.durations import PATTERN, parse_duration

NEVER = "never"
#: What `remind_after` may be.
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=24)


def parse_reminder(text: object) -> timedelta:
    """Give after how long to remind; no time at all is never. Raises ValueError with the form that is allowed."""
    if text == NEVER:
        return timedelta(0)
    try:
        after = parse_duration(text)
    except ValueError:
        after = timedelta(0)
    if not SHORTEST <= after <= LONGEST:
        raise ValueError(f"allowed is {NEVER}, or 1m to 24h, such as 30m")
    return after


Reminder = Annotated[
    timedelta,
    BeforeValidator(parse_reminder),
    WithJsonSchema({"type": "string", "pattern": f"{PATTERN}|^{NEVER}$", "examples": ["30m", NEVER]}),
]


class IncidentSettings(BaseModel):
    """What an incident has where nobody says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: IncidentSeverity = Field(default=IncidentSeverity.SEV3, description="How bad it is: sev1 to sev4.")
    own_channel: bool = Field(
        default=False, strict=True, description="Whether it gets a channel of its own, in place of a thread."
    )
    remind_after: Reminder = Field(
        default=timedelta(minutes=30),
        description="After how long without an update its thread is reminded, 1m to 24h, or never.",
    )
    stakeholders: Channel | None = Field(
        default=None,
        description="A channel, by its Slack id, that is told when an incident is opened, and of each change of its "
        "state and severity, and of nothing else.",
    )

    @property
    def defaults(self) -> Defaults:
        """Give what a new incident has."""
        minutes = int(self.remind_after.total_seconds() // 60)
        return Defaults(severity=self.severity, own_channel=self.own_channel, remind_every=minutes)
