"""Alerts: emergencies told on the telephone, for supervisors to see at once and acknowledge."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("call_id", nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _text("kind"),
        _text("caller"),
        _text("words"),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        _text("acknowledged_by"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="SET NULL"),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
    )
    for column in ("call_id", "at"):
        op.create_index(f"ix_alerts_{column}", "alerts", [column])
