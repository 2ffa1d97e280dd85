"""Azure Monitor's common alert schema: fired and resolved carry the same id."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from sickbay.incidents.alerts.model import Alert, decoded, fingerprint, labelled, moment


class _Essentials(msgspec.Struct):
    alertId: Annotated[str, msgspec.Meta(min_length=1)]  # noqa: N815 - these are the sender's names
    monitorCondition: Literal["Fired", "Resolved"]  # noqa: N815
    alertRule: str | None = None  # noqa: N815
    severity: str | None = None
    signalType: str | None = None  # noqa: N815
    monitoringService: str | None = None  # noqa: N815
    alertTargetIDs: list[str] | None = None  # noqa: N815
    firedDateTime: str | None = None  # noqa: N815
    resolvedDateTime: str | None = None  # noqa: N815
    description: str | None = None


class _Data(msgspec.Struct):
    essentials: _Essentials
    customProperties: dict[str, Any] | None = None  # noqa: N815


class _Payload(msgspec.Struct):
    schemaId: Literal["azureMonitorCommonAlertSchema"]  # noqa: N815
    data: _Data


def read_azure(body: bytes, now: datetime) -> tuple[Alert, ...]:
    """Read a payload. Raises AlertError."""
    data = decoded(body, _Payload).data
    essentials = data.essentials
    rule = essentials.alertRule or "An alert without a rule"
    labels = _of_resource(next(iter(essentials.alertTargetIDs or ()), "")) | {
        "alert_rule": essentials.alertRule,
        "severity": essentials.severity,
        "signal_type": essentials.signalType,
        "monitoring_service": essentials.monitoringService,
    }
    started_at = moment(essentials.firedDateTime, now)
    ended_at = moment(essentials.resolvedDateTime, now) if essentials.monitorCondition == "Resolved" else None
    return (
        Alert(
            source="azure",
            fingerprint=fingerprint(essentials.alertId),
            title=f"{rule}: {essentials.description}" if essentials.description else rule,
            labels=labelled((data.customProperties or {}) | labels),
            group=rule,
            started_at=started_at,
            ended_at=ended_at,
            as_of=ended_at or started_at,
        ),
    )


def _of_resource(path: str) -> dict[str, str | None]:
    """Take a resource's id apart: `/subscriptions/S/resourceGroups/G/providers/P/T/NAME`, in any case."""
    parts = path.strip("/").split("/")
    found = {name.lower(): value for name, value in zip(parts[::2], parts[1::2], strict=False)}
    return {
        "resource": parts[-1],
        "resource_group": found.get("resourcegroups"),
        "subscription": found.get("subscriptions"),
    }
