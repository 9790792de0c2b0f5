"""Calls that go on in writing: a reference, a hashed code, the state of the conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "resumptions",
        _text("reference"),
        _text("call_id"),
        _text("salt"),
        _text("code_hash"),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("reference"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.CheckConstraint("length(reference) = 6", name="reference"),
    )
    op.create_index("ix_resumptions_call_id", "resumptions", ["call_id"])
