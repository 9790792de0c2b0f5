"""What the outbox does for tickets, within one transaction: seen by supervisors, tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from records import outbox, tickets
from records.errors import UnknownRecord
from records.outbox_drafts import OutboxEntry, OutboxRecord, SendingState
from records.phone import hash_number
from records.tables import OutboxRow, TicketRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMessage:
    """A message of a ticket that has not left."""

    message: OutboxRecord
    reference: str  #: of the ticket; empty when it was erased


def not_sent(session: Session, since: datetime, limit: int) -> tuple[TicketMessage, ...]:
    """Messages of tickets that wait, and those given up since a moment; given up ones first."""
    rows = session.execute(
        select(OutboxRow, TicketRow.reference)
        .join(TicketRow, TicketRow.id == OutboxRow.ticket_id)
        .where(
            (OutboxRow.state == SendingState.WAITING)
            | ((OutboxRow.state == SendingState.FAILED) & (OutboxRow.done_at >= since))
        )
        .order_by(OutboxRow.state, OutboxRow.created_at.desc(), OutboxRow.id)  # failed, waiting
        .limit(limit)
    )
    return tuple(
        TicketMessage(message=outbox.snapshot(row), reference=reference) for row, reference in rows
    )


def count_given_up(session: Session, since: datetime) -> int:
    """How many messages of tickets were given up since a moment."""
    rows = select(func.count()).where(
        OutboxRow.state == SendingState.FAILED,
        OutboxRow.done_at >= since,
        OutboxRow.ticket_id.is_not(None),
    )
    return session.scalar(rows) or 0


def find(session: Session, message_id: str) -> OutboxRecord:
    """One message.

    Raises:
        UnknownRecord: there is none with this id.
    """
    row = session.get(OutboxRow, message_id)
    if row is None:
        raise UnknownRecord(f"no message has the id {message_id!r}")
    return outbox.snapshot(row)


def retry(
    session: Session, message_id: str, entry: OutboxEntry, by: str, now: datetime, hash_key: bytes
) -> OutboxRecord:
    """Try a message again, now: one given up is written anew under its id.

    Args:
        entry: what it says, composed again, because what is given up is erased.

    Raises:
        UnknownRecord: there is none, or it was sent or erased.
    """
    row = session.get(OutboxRow, message_id)
    if row is None or row.state not in (SendingState.WAITING, SendingState.FAILED):
        raise UnknownRecord(f"no message {message_id!r} waits or was given up")
    if row.state is SendingState.FAILED:
        row.state, row.done_at = SendingState.WAITING, None
        row.recipient, row.subject, row.body = entry.to, entry.subject, entry.text
        row.recipient_hash = hash_number(outbox.address_key(entry.to), hash_key)
        row.attempts, row.created_at = 0, now
    row.due_at, row.reason = now, ""
    session.flush()
    if row.ticket_id is not None:
        tickets.add_event(session, row.ticket_id, "message_retried", {"by": by}, now)
    return outbox.snapshot(row)
