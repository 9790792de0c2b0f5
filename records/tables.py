"""The tables, as SQLAlchemy sees them; `migrations/` says how a database comes to have them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    Enum,
    Float,
    ForeignKey,
    Index,
    MetaData,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from records.columns import PlainText, UtcDateTime
from records.drafts import Channel, Direction, Outcome, TicketStatus
from records.outbox_drafts import Means, SendingState

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base; constraints are named so that migrations can find them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012
        str: PlainText,
        float: Float(),
        datetime: UtcDateTime,
        date: Date(),
        Any: JSON,
    }


def words_of(kind: type[StrEnum], name: str) -> Enum:
    """A string column that holds only the words of `kind`, checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=16,
        name=name,
        values_callable=lambda members: [m.value for m in members],
    )


class CallRow(Base):
    """One call."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("length(reference) = 6", name="reference"),
        Index(None, "started_at"),
        Index(None, "reference"),
        Index(None, "caller_hash"),
        Index(None, "outcome"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str]
    direction: Mapped[Direction] = mapped_column(words_of(Direction, "direction"))
    channel: Mapped[Channel] = mapped_column(words_of(Channel, "channel"))
    line: Mapped[str]
    caller_number: Mapped[str]
    caller_hash: Mapped[str]
    sip_call_id: Mapped[str]
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome] = mapped_column(words_of(Outcome, "outcome"))
    end_reason: Mapped[str]
    language: Mapped[str]
    transfer_target: Mapped[str]
    stats: Mapped[Any]


class TurnRow(Base):
    """One turn of a call; number 0 is the greeting."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("number >= 0", name="number"),
        Index(None, "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    number: Mapped[int]
    started_at: Mapped[datetime]
    heard: Mapped[str]
    heard_confidence: Mapped[float | None]
    language: Mapped[str]
    reply: Mapped[str]
    played: Mapped[str | None]
    interrupted: Mapped[bool]
    action: Mapped[str]
    sheet_id: Mapped[str]
    sheet_version: Mapped[str]
    sentences: Mapped[Any]
    confidence: Mapped[float | None]
    candidates: Mapped[Any]
    timings: Mapped[Any]
    dtmf: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class EventRow(Base):
    """Something that happened during a call; only ever appended."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[str]
    data: Mapped[Any]


class TicketRow(Base):
    """Something that a caller left for a service: a message, a report, an appointment wish."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("reference"),
        CheckConstraint("length(reference) = 6", name="reference"),
        CheckConstraint("count >= 1", name="count"),
        Index(None, "call_id"),
        Index(None, "status"),
        Index(None, "created_at"),
        Index(None, "contact_hash"),
        Index(None, "joined_to"),
        Index(None, "due_on"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    kind: Mapped[str]
    reference: Mapped[str]
    service: Mapped[str]
    status: Mapped[TicketStatus] = mapped_column(words_of(TicketStatus, "status"))
    fields: Mapped[Any]
    complete: Mapped[bool]
    created_at: Mapped[datetime]
    due_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    erase_on: Mapped[date]
    contact_hash: Mapped[str]
    joined_to: Mapped[str | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))
    count: Mapped[int]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    street: Mapped[str]
    assigned_to: Mapped[str] = mapped_column(server_default="")


class TicketEventRow(Base):
    """What happened to a ticket; only ever appended."""

    __tablename__ = "ticket_events"
    __table_args__ = (Index(None, "ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[str]
    data: Mapped[Any]


class ResumptionRow(Base):
    """A call that may go on in writing, for whoever knows its reference and its code."""

    __tablename__ = "resumptions"
    __table_args__ = (
        CheckConstraint("length(reference) = 6", name="reference"),
        Index(None, "call_id"),
    )

    reference: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    salt: Mapped[str]
    code_hash: Mapped[str]
    state: Mapped[Any]
    tries: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AlertRow(Base):
    """An emergency told on the telephone, for supervisors."""

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(None, "call_id"),
        Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    kind: Mapped[str]
    caller: Mapped[str]
    words: Mapped[str]
    told_at: Mapped[datetime | None]
    attempts: Mapped[int]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str]


class OutboxRow(Base):
    """A message to a caller or a service; its address and text live until it is sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("state = 'waiting' OR (recipient = '' AND body = '')", name="nothing_kept"),
        Index(None, "call_id"),
        Index(None, "ticket_id"),
        Index(None, "recipient_hash"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    ticket_id: Mapped[str | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))
    means: Mapped[Means] = mapped_column(words_of(Means, "means"))
    state: Mapped[SendingState] = mapped_column(words_of(SendingState, "state"))
    recipient: Mapped[str]
    recipient_hash: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    parts: Mapped[int]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    reason: Mapped[str]
