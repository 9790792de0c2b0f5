"""What is kept no longer, within one transaction: words of old calls, tickets whose time is over.

A call keeps its times, its outcome and the sheets it heard, for the statistics; its words go.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from records import digests, events, holds, remarks
from records.tables import CallRow, EventRow, ResumptionRow, TicketRow, TurnRow

ERASED = "[effacé]"  #: written in the place of words whose time is over
_GONE = ("", ERASED, events.FORGOTTEN)


def erase_words(session: Session, before: datetime, now: datetime) -> int:
    """Empty the turns and events of calls that began before a moment; return how many calls.

    Calls already emptied are not touched again, calls that are held not at all.
    """
    left = _with_words(select(TurnRow), before).where(TurnRow.call_id.not_in(holds.held(now)))
    emptied = set()
    for row in session.scalars(left):
        _erase(row)
        emptied.add(row.call_id)
    for call_id in emptied:
        for event in session.scalars(select(EventRow).where(EventRow.call_id == call_id)):
            event.data = events.without_words(event.data, ERASED)
        session.execute(delete(ResumptionRow).where(ResumptionRow.call_id == call_id))
        remarks.erase_words(session, call_id)
        digests.refresh(session, call_id)
    return len(emptied)


def calls_with_words(before: datetime) -> Select[str]:
    """The calls that began before a moment and have words still, held ones too."""
    return _with_words(select(TurnRow.call_id).distinct(), before)


def _with_words(query: Select[Any], before: datetime) -> Select[Any]:
    old = select(CallRow.id).where(CallRow.started_at < before)
    spoken = TurnRow.heard.not_in(_GONE) | TurnRow.dtmf.not_in(_GONE)
    said = TurnRow.reply.not_in(_GONE) & (TurnRow.sheet_id == "")
    return query.where(TurnRow.call_id.in_(old), TurnRow.number > 0, spoken | said)


def _erase(row: TurnRow) -> None:
    if row.heard:
        row.heard, row.heard_confidence = ERASED, None
    row.dtmf = ""
    if not row.sheet_id:  # a reply without a sheet may repeat what was said
        row.reply = ERASED
        row.played = ERASED if row.played else row.played


def tickets_over(day: date, now: datetime) -> Select[str]:
    """Ids of the tickets whose retention is over; those of held calls stay."""
    free = or_(TicketRow.call_id.is_(None), TicketRow.call_id.not_in(holds.held(now)))
    return select(TicketRow.id).where(TicketRow.erase_on <= day, free)


def erase_tickets(session: Session, day: date, now: datetime) -> int:
    """Delete the tickets whose retention is over on this day; return how many."""
    over = list(session.scalars(tickets_over(day, now)))
    for ticket in over:
        session.execute(delete(TicketRow).where(TicketRow.id == ticket))
    return len(over)
