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


def add(session: Session, call_id: str, kind: str, data: Mapping[str, object], at: datetime) -> int:
    """Append an event and return its id; text in `data` is masked like what callers say."""
    calls.find(session, call_id)
    row = EventRow(call_id=call_id, at=at, kind=kind, data=_masked(plain_json(data, "data")))
    session.add(row)
    session.flush()
    return row.id


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
