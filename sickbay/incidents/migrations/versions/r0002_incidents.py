"""Incidents: their timeline, what people said of findings in them, alerts, and the diagnoses that they ask for."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "incidents",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("request_id", sa.Text, nullable=False, unique=True),
        *_texts("title", "severity", "state", "target", "scope", "channel", "thread_ts"),
        sa.Column("own_channel", sa.Boolean, nullable=False),
        *_texts("opened_in"),
        *_texts("opened_by"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        *_moments("acknowledged_at", "mitigated_at", "resolved_at"),
        *_texts("commander", "communications", "scribe", "summary", "links"),
        sa.Column("remind_every", sa.Integer, nullable=False),
        *_moments("remind_at"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("version", "shown")),
        sa.Column("placed", sa.Boolean, nullable=False),
    )
    op.create_index("incidents_by_state", "incidents", ["state", "opened_at"])
    op.create_index("incidents_by_target", "incidents", ["target", "opened_at"])
    op.create_index("incidents_by_thread", "incidents", ["channel", "thread_ts"])
    op.create_index("incidents_by_reminder", "incidents", ["remind_at"])
    op.create_table(
        "timeline",
        _row_id(),
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_texts("kind", "author", "text", "key"),
        sa.Column("removed", sa.Boolean, nullable=False),
    )
    op.create_index("timeline_by_incident", "timeline", ["incident", "at", "id"])
    op.create_index("timeline_by_key", "timeline", ["incident", "key"], unique=True)
    op.create_index("timeline_of_a_message", "timeline", ["key"])
    op.create_table(
        "marks",
        sa.Column("incident", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("code", "subject")),
        *_texts("judgement", "marked_by"),
    )
    op.create_table(
        "alerts",
        _row_id(),
        *_texts("source", "fingerprint"),
        sa.Column("firing", sa.Boolean, nullable=False),
        *_texts("title", "labels", "target", "scope", "severity", "link", "grouped"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        *_moments("ended_at"),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("incident", sa.Integer),
    )
    op.create_index("alerts_by_fingerprint", "alerts", ["source", "fingerprint", "id"])
    op.create_index("alerts_by_incident", "alerts", ["incident", "firing"])
    op.create_index("alerts_by_group", "alerts", ["grouped", "id"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("incident", sa.Integer, nullable=False),
        *_texts("target", "scope", "asked_by"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("outbox_by_time", "outbox", ["at"])


def _row_id() -> sa.Column[int]:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("id", number, primary_key=True, autoincrement=True)


def _texts(*names: str) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text, nullable=False) for name in names)


def _moments(*names: str) -> Iterator[sa.Column[object]]:
    return (sa.Column(name, sa.DateTime(timezone=True)) for name in names)
