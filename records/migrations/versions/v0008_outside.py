"""Tickets leave for other systems by the outbox; what residents write on the public form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
MEANS = ("sms", "email", "webhook", "open311")
INDEXES = (["call_id"], ["ticket_id"], ["recipient_hash"], ["state", "due_at"])


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _words(name: str, *words: str) -> sa.Column[str]:
    kind = sa.Enum(*words, native_enum=False, create_constraint=True, length=16, name=name)
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _copied_outbox()
    else:
        op.drop_constraint(op.f("ck_outbox_means"), "outbox", type_="check")
        listed = ", ".join(f"'{word}'" for word in MEANS)
        op.create_check_constraint(op.f("ck_outbox_means"), "outbox", f"means IN ({listed})")
    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _words("kind", "question", "wrong"),
        _text("text"),
        _text("answer"),
        sa.Column("done_at", MOMENT, nullable=True),
        _text("done_by"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_suggestions_at", "suggestions", ["at"])


def _copied_outbox() -> None:
    """SQLite cannot change a check: the table is made anew, and its rows are copied."""
    for columns in INDEXES:
        op.drop_index(f"ix_outbox_{'_'.join(columns)}", "outbox")
    op.rename_table("outbox", "outbox_before")
    op.create_table(
        "outbox",
        _text("id"),
        _text("call_id", nullable=True),
        _text("ticket_id", nullable=True),
        _words("means", *MEANS),
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
    op.execute("INSERT INTO outbox SELECT * FROM outbox_before")
    op.drop_table("outbox_before")
    for columns in INDEXES:
        op.create_index(f"ix_outbox_{'_'.join(columns)}", "outbox", columns)
