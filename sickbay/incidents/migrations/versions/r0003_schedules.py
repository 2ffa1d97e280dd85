"""Scheduled reports, their runs, and the figures of diagnoses that trends are drawn of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.add_column("diagnoses", sa.Column("figures", sa.Text, nullable=False, server_default="{}"))
    op.create_table(
        "schedules",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("request_id", sa.Text, nullable=False, unique=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("targets", "channel", "cron", "words", "time_zone")),
        sa.Column("quiet", sa.Boolean, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sqlite_autoincrement=True,
    )
    op.create_index("schedules_by_time", "schedules", ["next_at"])
    op.create_table(
        "report_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("schedule", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("targets", "channel", "asked_by", "jobs")),
        sa.Column("submitted", sa.Boolean, nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True)),
        sa.Column("summary", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("report_runs_once", "report_runs", ["schedule", "key"], unique=True)
    op.create_index("report_runs_by_schedule", "report_runs", ["schedule", "id"])
    op.create_index("report_runs_open", "report_runs", ["shown_at", "id"])
