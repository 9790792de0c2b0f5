"""Events within one transaction: appended, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records import calls
from records.masking import mask
from records.plain import plain_json
from records.tables import EventRow
from records.views import EventRecord

REFUSED = "refused"  #: the caller refuses something: `what` is "recording" or "transcription"
FORGOTTEN = "[refusé]"  #: written in the place of words that must not be kept
_OF_WORDS = ("words", "text", "summary", "heard", "partial", "digit")  #: keys of callers' words


def add(session: Session, call_id: str, kind: str, data: Mapping[str, object], at: datetime) -> int:
    """Append an event and return its id; text in `data` is masked like what callers say."""
    calls.find(session, call_id)
    kept = _masked(plain_json(data, "data"))
    if isinstance(kept, dict) and words_refused(session, call_id):
        kept = without_words(kept)
    row = EventRow(call_id=call_id, at=at, kind=kind, data=kept)
    session.add(row)
    session.flush()
    return row.id


def words_refused(session: Session, call_id: str) -> bool:
    """Whether the caller refused that his words be kept."""
    refused = select(EventRow.data).where(EventRow.call_id == call_id, EventRow.kind == REFUSED)
    return any(data.get("what") == "transcription" for data in session.scalars(refused))


def without_words(data: dict[str, object], instead: str = FORGOTTEN) -> dict[str, object]:
    """An event's data without what the caller said or keyed."""
    return {k: instead if k in _OF_WORDS and v else v for k, v in data.items()}


def _masked(value: object) -> object:
    if isinstance(value, str):
        return mask(value)[0]
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value


def of_call(session: Session, call_id: str) -> tuple[EventRecord, ...]:
    """The call's events in the order they were written."""
    rows = session.scalars(
        select(EventRow).where(EventRow.call_id == call_id).order_by(EventRow.id)
    )
    return tuple(
        EventRecord(id=r.id, call_id=r.call_id, at=r.at, kind=r.kind, data=dict(r.data))
        for r in rows
    )
