"""Tickets as the desk works on them: listed, assigned, moved on, joined; each step is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from records import tickets
from records.drafts import TicketStatus
from records.masking import mask
from records.plain import plain_text
from records.tables import TicketRow
from records.views import TicketRecord

LONGEST_NOTE = 1000
LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Which tickets are wanted; what is empty or None does not narrow."""

    kind: str = ""
    statuses: tuple[str, ...] = ()
    service: str = ""
    assigned_to: str = ""
    overdue_on: date | None = None  #: due before this day and not closed
    due_by: date | None = None  #: due on this day or before, and not closed
    joined: bool = True  #: False: without those that joined an earlier report


def page(
    session: Session, wanted: TicketFilter, *, after: str = "", limit: int = 50
) -> tuple[TicketRecord, ...]:
    """The tickets behind the one with the reference `after`, the earliest deadline first."""
    # a ticket without a deadline comes last, on every database
    due = func.coalesce(TicketRow.due_on, date(9999, 12, 31))
    query = _narrowed(select(TicketRow), wanted)
    if after:
        last = tickets.find(session, after)
        at = last.due_on or date(9999, 12, 31)
        query = query.where(
            or_(
                due > at,
                (due == at) & (TicketRow.created_at > last.created_at),
                (due == at) & (TicketRow.created_at == last.created_at) & (TicketRow.id > last.id),
            )
        )
    rows = session.scalars(
        query.order_by(due, TicketRow.created_at, TicketRow.id).limit(min(limit, LARGEST_PAGE))
    )
    return tickets.snapshots(session, rows.all())


def count(session: Session, wanted: TicketFilter) -> int:
    """How many tickets there are."""
    found = _narrowed(select(TicketRow.id), wanted).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _narrowed(query: Select[Any], wanted: TicketFilter) -> Select[Any]:
    if wanted.kind:
        query = query.where(TicketRow.kind == wanted.kind)
    if wanted.statuses:
        query = query.where(TicketRow.status.in_([TicketStatus(s) for s in wanted.statuses]))
    if wanted.service:
        query = query.where(TicketRow.service == wanted.service)
    if wanted.assigned_to:
        query = query.where(TicketRow.assigned_to == wanted.assigned_to)
    if wanted.overdue_on is not None:
        query = query.where(
            TicketRow.due_on < wanted.overdue_on, TicketRow.status != TicketStatus.CLOSED
        )
    if wanted.due_by is not None:
        query = query.where(
            TicketRow.due_on <= wanted.due_by, TicketRow.status != TicketStatus.CLOSED
        )
    if not wanted.joined:
        query = query.where(TicketRow.joined_to.is_(None))
    return query


def assign(session: Session, reference: str, name: str, by: str, now: datetime) -> TicketRecord:
    """Give a ticket to somebody; an empty name gives it back to everybody."""
    row = tickets.find(session, reference)
    row.assigned_to = plain_text(name).strip()[:80]
    tickets.add_event(session, row.id, "assigned", {"to": row.assigned_to, "by": by}, now)
    return tickets.snapshot(session, row)


def move(
    session: Session, reference: str, status: TicketStatus, by: str, now: datetime
) -> TicketRecord:
    """Say how far the service is; who said so is in the history."""
    tickets.set_status(session, reference, status, now)
    row = tickets.find(session, reference)
    tickets.add_event(session, row.id, "by", {"by": by}, now)
    return tickets.snapshot(session, row)


def note(session: Session, reference: str, text: str, by: str, now: datetime) -> TicketRecord:
    """Add a remark to the history, masked like callers' words.

    Raises:
        ValueError: it is empty or too long.
    """
    kept = mask(plain_text(text).strip())[0]
    if not kept or len(kept) > LONGEST_NOTE:
        raise ValueError(f"une remarque a de 1 à {LONGEST_NOTE} caractères")
    row = tickets.find(session, reference)
    tickets.add_event(session, row.id, "note", {"text": kept, "by": by}, now)
    return tickets.snapshot(session, row)


def join(session: Session, reference: str, earlier: str, by: str, now: datetime) -> TicketRecord:
    """Say that a ticket tells of the same problem as an earlier one.

    Raises:
        ValueError: it is the same one, of another kind, or joined already.
    """
    row, first = tickets.find(session, reference), tickets.find(session, earlier)
    if first.joined_to is not None:
        first = session.get_one(TicketRow, first.joined_to)
    if row.id == first.id or row.kind != first.kind:
        raise ValueError("on ne réunit que deux demandes différentes de la même sorte")
    if row.joined_to is not None or _has_joined(session, row):
        raise ValueError(f"la demande {reference} est déjà réunie à une autre")
    row.joined_to = first.id
    first.count += row.count
    tickets.add_event(session, first.id, "joined", {"ticket": row.reference, "by": by}, now)
    tickets.add_event(session, row.id, "joined_to", {"ticket": first.reference, "by": by}, now)
    return tickets.snapshot(session, row)


def _has_joined(session: Session, row: TicketRow) -> bool:
    others = select(TicketRow.id).where(TicketRow.joined_to == row.id).limit(1)
    return session.scalars(others).first() is not None


def joined(session: Session, ticket_id: str) -> tuple[TicketRecord, ...]:
    """The later tickets that tell of the same problem."""
    rows = session.scalars(
        select(TicketRow).where(TicketRow.joined_to == ticket_id).order_by(TicketRow.created_at)
    )
    return tuple(tickets.snapshot(session, row) for row in rows)


def by_id(session: Session, ticket_id: str) -> TicketRecord | None:
    """The ticket with this id, or None."""
    row = session.get(TicketRow, ticket_id)
    return tickets.snapshot(session, row) if row else None
