"""What Prometheus' Alertmanager sends (webhook, version 4), and Grafana, which sends the same with more in it."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from sickbay.incidents.alerts.model import Alert, decoded, fingerprint, first_url, labelled, moment

#: Grafana's own among the addresses of an alert come first: they show more than where the rule is.
_LINKS = ("panelURL", "dashboardURL", "generatorURL")
_Texts = dict[str, Any] | None


class _One(msgspec.Struct):
    status: Literal["firing", "resolved"]
    labels: _Texts = None
    annotations: _Texts = None
    startsAt: str | None = None  # noqa: N815 - these are the sender's names
    endsAt: str | None = None  # noqa: N815
    fingerprint: str | None = None
    generatorURL: str | None = None  # noqa: N815
    dashboardURL: str | None = None  # noqa: N815
    panelURL: str | None = None  # noqa: N815


class _Payload(msgspec.Struct):
    alerts: Annotated[list[_One], msgspec.Meta(min_length=1)]
    groupKey: str | None = None  # noqa: N815
    externalURL: str | None = None  # noqa: N815


def read_alertmanager(body: bytes, now: datetime) -> tuple[Alert, ...]:
    """Read a payload. Raises AlertError."""
    return _read("alertmanager", body, now)


def read_grafana(body: bytes, now: datetime) -> tuple[Alert, ...]:
    """Read a payload. Raises AlertError."""
    return _read("grafana", body, now)


def _read(source: str, body: bytes, now: datetime) -> tuple[Alert, ...]:
    payload = decoded(body, _Payload)
    return tuple(_alert(source, one, payload, now) for one in payload.alerts)


def _alert(source: str, one: _One, payload: _Payload, now: datetime) -> Alert:
    labels = labelled(one.labels or {})
    notes = labelled(one.annotations or {})
    name = labels.get("alertname", "")
    return Alert(
        source=source,
        fingerprint=fingerprint(one.fingerprint)
        if one.fingerprint
        else fingerprint(*(word for pair in sorted(labels.items()) for word in pair), ""),
        title=notes.get("summary") or notes.get("title") or name or "An alert without a name",
        labels=labels,
        group=payload.groupKey or name,
        started_at=moment(one.startsAt, now),
        ended_at=moment(one.endsAt, now) if one.status == "resolved" else None,
        as_of=now,
        link=first_url(*(getattr(one, name) for name in _LINKS), payload.externalURL),
        runbook=first_url(notes.get("runbook_url"), notes.get("runbook")),
    )
