"""The sound of calls: encrypted files beside the database, their keys in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "recordings",
        _text("id"),
        _text("call_id", nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        _text("mode"),
        _text("key_id"),
        _text("sealed_key"),
        sa.Column("deleted_at", MOMENT, nullable=True),
        _text("deleted_reason"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="SET NULL"),
        sa.CheckConstraint("deleted_at IS NULL OR sealed_key = ''", name="no_key_left"),
    )
    op.create_index("ix_recordings_call_id", "recordings", ["call_id"])
    op.create_index("ix_recordings_started_at", "recordings", ["started_at"])
