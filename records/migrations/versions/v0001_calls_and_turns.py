"""Calls and their turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Spelled out rather than imported: a migration must not change when the code does.
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def _one_of(name: str, *words: str) -> sa.Column[str]:
    kind = sa.Enum(*words, native_enum=False, create_constraint=True, length=16, name=name)
    return sa.Column(name, kind, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable)


def upgrade() -> None:
    _create_calls()
    _create_turns()


def _create_calls() -> None:
    outcomes = (
        "in_progress completed transferred transfer_failed hung_up rejected failed interrupted"
    )
    op.create_table(
        "calls",
        _text("id"),
        _text("reference"),
        _one_of("direction", "inbound", "outbound"),
        _one_of("channel", "sip", "webrtc", "text"),
        _text("line"),
        _text("caller_number"),
        _text("caller_hash"),
        _text("sip_call_id"),
        _moment("started_at"),
        _moment("answered_at", nullable=True),
        _moment("ended_at", nullable=True),
        _one_of("outcome", *outcomes.split()),
        _text("end_reason"),
        _text("language"),
        _text("transfer_target"),
        sa.Column("stats", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("length(reference) = 6", name="reference"),
    )
    for column in ("started_at", "reference", "caller_hash", "outcome"):
        op.create_index(f"ix_calls_{column}", "calls", [column])


def _create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("call_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _moment("started_at"),
        _text("heard"),
        sa.Column("heard_confidence", sa.Float(), nullable=True),
        _text("language"),
        _text("reply"),
        sa.Column("played", sa.Text(), nullable=True),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        _text("action"),
        _text("sheet_id"),
        _text("sheet_version"),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("timings", sa.JSON(), nullable=False),
        _text("dtmf"),
        _moment("created_at"),
        _moment("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("call_id", "number"),
        sa.CheckConstraint("number >= 0", name="number"),
    )
