"""What is kept no longer, within one transaction: words of old calls, tickets whose time is over.

A call keeps its times, its outcome and the sheets it heard, for the statistics; its words go.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from records import digests, events, remarks
from records.tables import CallRow, EventRow, ResumptionRow, TicketRow, TurnRow

ERASED = "[effacé]"  #: written in the place of words whose time is over


def erase_words(session: Session, before: datetime) -> int:
    """Empty the turns and events of calls that began before a moment; return how many calls.

    Calls already emptied are not touched again.
    """
    gone = ("", ERASED, events.FORGOTTEN)
    old = select(CallRow.id).where(CallRow.started_at < before)
    spoken = TurnRow.heard.not_in(gone) | TurnRow.dtmf.not_in(gone)
    said = TurnRow.reply.not_in(gone) & (TurnRow.sheet_id == "")
    left = select(TurnRow).where(TurnRow.call_id.in_(old), TurnRow.number > 0, spoken | said)
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


def _erase(row: TurnRow) -> None:
    if row.heard:
        row.heard, row.heard_confidence = ERASED, None
    row.dtmf = ""
    if not row.sheet_id:  # a reply without a sheet may repeat what was said
        row.reply = ERASED
        row.played = ERASED if row.played else row.played


def erase_tickets(session: Session, day: date) -> int:
    """Delete the tickets whose retention is over on this day; return how many."""
    over = [row.id for row in session.scalars(select(TicketRow).where(TicketRow.erase_on <= day))]
    for ticket in over:
        session.execute(delete(TicketRow).where(TicketRow.id == ticket))
    return len(over)
