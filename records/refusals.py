"""What a caller refused, within one transaction: noted, and what was heard of the call forgotten.

A refusal of the transcription (requirements R06) empties the turns that were written, and holds for
those that follow: they keep their times, never their words. Tickets stay: the caller dictated them
to be passed on.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from records import calls, events, recordings
from records.tables import EventRow, ResumptionRow, TurnRow

RECORDING, TRANSCRIPTION = "recording", "transcription"
WHAT = (RECORDING, TRANSCRIPTION)


def note(session: Session, call_id: str, what: str, now: datetime) -> int:
    """Write the refusal as an event, forget what it asks to forget; return how many turns that was.

    Either refusal takes the sound of the call with it.

    Raises:
        ValueError: `what` is not something that can be refused.
    """
    if what not in WHAT:
        raise ValueError(f"{what!r} cannot be refused; {RECORDING} and {TRANSCRIPTION} can")
    calls.find(session, call_id)
    recordings.forget(session, recordings.of_calls([call_id]), now, recordings.REFUSED)
    forgotten = _forget(session, call_id) if what == TRANSCRIPTION else 0
    events.add(session, call_id, events.REFUSED, {"what": what, "turns": forgotten}, now)
    return forgotten


def forget(row: TurnRow) -> None:
    """Empty one turn of words; the town's own sheet sentences and the greeting are no one's."""
    if row.heard:
        row.heard, row.heard_confidence = events.FORGOTTEN, None
    if row.dtmf:
        row.dtmf = events.FORGOTTEN
    if row.number and not row.sheet_id:  # a reply without a sheet may repeat what was said
        row.reply = events.FORGOTTEN
        row.played = events.FORGOTTEN if row.played else row.played


def _forget(session: Session, call_id: str) -> int:
    rows = session.scalars(select(TurnRow).where(TurnRow.call_id == call_id)).all()
    for row in rows:
        forget(row)
    for event in session.scalars(select(EventRow).where(EventRow.call_id == call_id)):
        kept = events.without_words(event.data)
        if kept != event.data:
            event.data = kept
    session.execute(delete(ResumptionRow).where(ResumptionRow.call_id == call_id))
    return len(rows)
