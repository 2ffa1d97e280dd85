"""Sickbay's own words for alerts, for senders that nobody else speaks for: docs/alerts.md describes them."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from sickbay.incidents.alerts.model import Alert, decoded, fingerprint, first_url, labelled, moment

_Named = Annotated[str, msgspec.Meta(min_length=1)]


class _One(msgspec.Struct, forbid_unknown_fields=True):
    id: _Named
    status: Literal["firing", "resolved"]
    title: _Named
    labels: dict[str, Any] = {}
    group: str = ""
    started_at: str = ""
    ended_at: str = ""
    link: str = ""
    runbook: str = ""


class _Payload(msgspec.Struct, forbid_unknown_fields=True):
    alerts: Annotated[list[_One], msgspec.Meta(min_length=1)]


def read_generic(body: bytes, now: datetime) -> tuple[Alert, ...]:
    """Read a payload. Raises AlertError."""
    return tuple(
        Alert(
            source="generic",
            fingerprint=fingerprint(one.id),
            title=one.title,
            labels=labelled(one.labels),
            group=one.group or one.title,
            started_at=moment(one.started_at, now),
            ended_at=moment(one.ended_at, now) if one.status == "resolved" else None,
            as_of=now,
            link=first_url(one.link),
            runbook=first_url(one.runbook),
        )
        for one in decoded(body, _Payload).alerts
    )
