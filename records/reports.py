"""Street reports as everybody may see them counted: complete ones, each problem once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from records import tickets
from records.drafts import TicketStatus
from records.tables import TicketRow
from records.views import TicketRecord

KIND = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """Which reports are wanted; what is empty does not narrow."""

    since: datetime  #: made at this moment or after
    until: datetime  #: made before
    problems: tuple[str, ...] = ()
    closed: bool | None = None
    ids: tuple[str, ...] = ()


def found(session: Session, wanted: ReportFilter, limit: int) -> tuple[TicketRecord, ...]:
    """The reports, newest first."""
    query = _public().where(
        TicketRow.created_at >= wanted.since, TicketRow.created_at < wanted.until
    )
    if wanted.closed is not None:
        is_closed = TicketRow.status == TicketStatus.CLOSED
        query = query.where(is_closed if wanted.closed else ~is_closed)
    if wanted.problems:
        query = query.where(TicketRow.fields["problem"].as_string().in_(wanted.problems))
    if wanted.ids:
        query = query.where(TicketRow.id.in_(wanted.ids))
    rows = session.scalars(query.order_by(TicketRow.created_at.desc(), TicketRow.id).limit(limit))
    return tuple(tickets.snapshot(session, row) for row in rows)


def by_id(session: Session, ticket_id: str) -> TicketRecord | None:
    """The report with this id, or None."""
    row = session.scalars(_public().where(TicketRow.id == ticket_id)).first()
    return tickets.snapshot(session, row) if row else None


def _public() -> Select[Any]:
    return select(TicketRow).where(
        TicketRow.kind == KIND, TicketRow.complete, TicketRow.joined_to.is_(None)
    )
