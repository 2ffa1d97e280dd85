"""PagerDuty's webhooks, version 3: an incident over there that is triggered, reopened or resolved is an alert here."""

from datetime import datetime
from typing import Annotated

import msgspec

from sickbay.incidents.alerts.model import Alert, decoded, fingerprint, first_url, labelled, moment

_FIRES, _ENDS = frozenset({"incident.triggered", "incident.reopened"}), "incident.resolved"


class _Named(msgspec.Struct):
    id: str = ""
    summary: str | None = None


class _Data(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(min_length=1)]
    title: str | None = None
    html_url: str | None = None
    urgency: str | None = None
    service: _Named | None = None
    priority: _Named | None = None


class _Event(msgspec.Struct):
    event_type: str
    occurred_at: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Payload(msgspec.Struct):
    event: _Event


def read_pagerduty(body: bytes, now: datetime) -> tuple[Alert, ...]:
    """Read a payload; what is no beginning and no end of an incident is none. Raises AlertError."""
    event = decoded(body, _Payload).event
    if event.event_type != _ENDS and event.event_type not in _FIRES:
        return ()
    data = decoded(bytes(event.data), _Data)
    at = moment(event.occurred_at, now)
    service, priority = data.service or _Named(), data.priority or _Named()
    labels = {"service": service.summary, "service_id": service.id, "urgency": data.urgency}
    return (
        Alert(
            source="pagerduty",
            fingerprint=fingerprint(data.id),
            title=data.title or "An incident without a title",
            labels=labelled(labels | {"priority": priority.summary}),
            group=service.id or data.id,
            started_at=at,
            ended_at=at if event.event_type == _ENDS else None,
            as_of=at,
            link=first_url(data.html_url),
        ),
    )
