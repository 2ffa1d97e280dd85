"""Shapes of what the account says: its quotas, and the calls that CloudTrail recorded."""

from datetime import datetime

from sickbay.diagnostics.platforms.ecs.wire.base import PascalWire, Wire


class Quota(PascalWire, frozen=True, kw_only=True):
    """One of Service Quotas' `ListServiceQuotas`, with the value that is applied to the account."""

    service_code: str = ""
    quota_code: str = ""
    quota_name: str = ""
    value: float = 0


class TrailEvent(PascalWire, frozen=True, kw_only=True):
    """One of CloudTrail's `LookupEvents`: what was called, by whom, when, of which resource.

    `desired_count` is what a call set that did nothing else to a service, `status` what container instances were set
    to.
    """

    event_name: str = ""
    event_time: datetime
    username: str = ""
    resource: str = ""
    desired_count: int | None = None
    status: str = ""


class DeniedCall(Wire, frozen=True, kw_only=True):
    """A call that a role of a task made and was denied, as CloudTrail recorded it."""

    task_id: str
    role: str = ""
    action: str = ""
    message: str = ""
    at: datetime
