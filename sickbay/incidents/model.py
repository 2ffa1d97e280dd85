"""The words of an incident, as frozen values: what it is, who has which role, and the entries of its timeline."""

from datetime import datetime
from enum import StrEnum

import msgspec

from sickbay.diagnostics.model import Judged


class IncidentSeverity(StrEnum):
    """How bad it is, worst first, as teams say it."""

    SEV1 = "sev1"
    SEV2 = "sev2"
    SEV3 = "sev3"
    SEV4 = "sev4"


class IncidentState(StrEnum):
    """Where the work on it stands."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Role(StrEnum):
    """Who leads, who tells others, who writes down."""

    COMMANDER = "commander"
    COMMUNICATIONS = "communications"
    SCRIBE = "scribe"


class EntryKind(StrEnum):
    """What an entry of the timeline tells of."""

    OPENED = "opened"
    STATE = "state"
    SEVERITY = "severity"
    ROLE = "role"
    UPDATE = "update"
    NOTE = "note"
    LINK = "link"
    DIAGNOSIS = "diagnosis"
    MARK = "mark"
    CHANGE = "change"
    ALERT = "alert"
    MESSAGE = "message"


class Link(msgspec.Struct, frozen=True):
    """Something beside the incident: a runbook, a dashboard, a ticket."""

    title: str
    url: str


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as it stands. `number` is what people call it by; people are Slack's ids, empty where nobody is.

    Once its card stands in Slack it is `placed`, and `channel` and `thread_ts` are the root of its thread; until then
    they are where it was opened. `own_channel` says that it shall have, and then that it has, a channel for itself;
    `opened_in` stays the channel in which it was opened.
    `acknowledged_at` is when a person first did something with it, `mitigated_at` when it was first only watched.
    `version` counts its changes, `shown` is the version that Slack shows. `remind_every` is in minutes, 0 is never.
    """

    number: int
    title: str
    severity: IncidentSeverity
    state: IncidentState
    target: str
    scope: str
    channel: str
    thread_ts: str
    own_channel: bool
    opened_in: str
    opened_by: str
    opened_at: datetime
    acknowledged_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None
    commander: str
    communications: str
    scribe: str
    summary: str
    links: tuple[Link, ...]
    remind_every: int
    remind_at: datetime | None
    version: int
    shown: int
    placed: bool

    @property
    def open(self) -> bool:
        """Say whether it is still worked on."""
        return self.state is not IncidentState.RESOLVED

    def holder(self, role: Role) -> str:
        """Give who has a role."""
        return str(getattr(self, role.value))


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A new incident. `request_id` is of the request that opens it: the same twice is one incident.

    `thread_ts` names the thread in which it is opened, if it is in one; `by` is a person, or the source of an alert.
    """

    request_id: str
    title: str
    severity: IncidentSeverity
    by: str
    channel: str
    thread_ts: str = ""
    own_channel: bool = False
    target: str = ""
    scope: str = ""
    links: tuple[Link, ...] = ()
    remind_every: int = 0


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline. `author` is a person's id or the name of what told it.

    `key` names what it tells of, such as `message:C0OPS:1.2` or `job:default.abc`: the same is one entry, however often
    it is written. What was deleted in Slack is `removed`.
    """

    at: datetime
    kind: EntryKind
    author: str
    text: str
    key: str
    removed: bool = False


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of a finding."""

    judged: Judged
    by: str


class AlertCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many alerts belong to an incident, each counted once however often it fired, and how many fire."""

    all: int = 0
    firing: int = 0


NO_ALERTS = AlertCounts()


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What a new incident has where nobody says otherwise: `remind_every` in minutes, 0 for never."""

    severity: IncidentSeverity = IncidentSeverity.SEV3
    own_channel: bool = False
    remind_every: int = 0
