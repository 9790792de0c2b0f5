"""The rights of persons: legal holds; filters that supervisors keep; months that are over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("call_id"),
        _text("reason"),
        _text("placed_by"),
        _moment("placed_at"),
        _moment("until"),
        _moment("lifted_at", nullable=True),
        _text("lifted_by"),
        _text("lifted_reason"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_legal_holds_call_id", "legal_holds", ["call_id"])
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        _text("name"),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "name"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "monthly_reports",
        _text("month"),
        sa.Column("figures", sa.JSON(), nullable=False),
        _moment("made_at"),
        sa.PrimaryKeyConstraint("month"),
    )
    # the questions of a week, and the voice-to-voice times of a month, without reading every turn
    op.create_index("ix_turns_started_at", "turns", ["started_at"])
