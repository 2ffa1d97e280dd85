"""An incident to draw and to move."""

from datetime import UTC, datetime

from sickbay.incidents.model import Incident, IncidentSeverity, IncidentState

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
INCIDENT = Incident(
    number=42, title="checkout answers 5xx", severity=IncidentSeverity.SEV2, state=IncidentState.INVESTIGATING,
    target="local", scope="", channel="C0OPS", thread_ts="1.0", own_channel=False,
    opened_in="C0OPS", opened_by="U0ALICE", opened_at=NOW,
    acknowledged_at=NOW, mitigated_at=None, resolved_at=None, commander="", communications="", scribe="", summary="",
    links=(), remind_every=0, remind_at=None, version=1, shown=1, placed=True,
)  # fmt: skip
