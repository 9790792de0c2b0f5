"""The outbox: what is sent to callers and services, until it is, and the proof that it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _words(name: str, *words: str) -> sa.Column[str]:
    kind = sa.Enum(*words, native_enum=False, create_constraint=True, length=16, name=name)
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "outbox",
        _text("id"),
        _text("call_id", nullable=True),
        _text("ticket_id", nullable=True),
        _words("means", "sms", "email"),
        _words("state", "waiting", "sent", "failed", "erased"),
        _text("recipient"),
        _text("recipient_hash"),
        _text("subject"),
        _text("body"),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        _text("reason"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], ondelete="SET NULL"),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
        sa.CheckConstraint(
            "state = 'waiting' OR (recipient = '' AND body = '')", name="nothing_kept"
        ),
    )
    for columns in (["call_id"], ["ticket_id"], ["recipient_hash"], ["state", "due_at"]):
        op.create_index(f"ix_outbox_{'_'.join(columns)}", "outbox", columns)
