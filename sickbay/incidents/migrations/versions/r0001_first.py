"""Past diagnoses, mutes, and the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "diagnoses",
        sa.Column("id", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in (
                "target", "scope", "request", "asked_by", "channel", "thread_ts", "state", "headline", "severity",
            )
        ),
        sa.Column("gaps", sa.Integer, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("findings", sa.Text, nullable=False),
    )  # fmt: skip
    op.create_index("diagnoses_by_asker", "diagnoses", ["asked_by", "submitted_at"])
    op.create_index("diagnoses_by_target", "diagnoses", ["target", "ended_at"])
    op.create_index("diagnoses_by_scope", "diagnoses", ["target", "scope", "submitted_at"])
    op.create_index("diagnoses_by_thread", "diagnoses", ["channel", "thread_ts", "submitted_at"])
    op.create_table(
        "mutes",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("target", "channel", "code", "subject")),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("muted_by", sa.Text, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in (
                "at", "actor", "channel", "action", "target", "detail", "rule", "outcome", "previous", "mac",
            )
        ),
    )  # fmt: skip
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("mac", "seal")),
    )
