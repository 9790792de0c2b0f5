"""Tickets: what callers leave for a service, and what happens to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    _create_tickets()
    _create_ticket_events()


def _create_tickets() -> None:
    words = ("open", "in_progress", "closed")
    status = sa.Enum(*words, native_enum=False, create_constraint=True, length=16, name="status")
    op.create_table(
        "tickets",
        _text("id"),
        _text("call_id", nullable=True),
        _text("kind"),
        _text("reference"),
        _text("service"),
        sa.Column("status", status, nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("erase_on", sa.Date(), nullable=False),
        _text("contact_hash"),
        _text("joined_to", nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        _text("street"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["joined_to"], ["tickets.id"], ondelete="SET NULL"),
        sa.UniqueConstraint("reference"),
        sa.CheckConstraint("length(reference) = 6", name="reference"),
        sa.CheckConstraint("count >= 1", name="count"),
    )
    for column in ("call_id", "status", "created_at", "contact_hash", "joined_to"):
        op.create_index(f"ix_tickets_{column}", "tickets", [column])


def _create_ticket_events() -> None:
    op.create_table(
        "ticket_events",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("ticket_id"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_ticket_events_ticket_id", "ticket_events", ["ticket_id"])
