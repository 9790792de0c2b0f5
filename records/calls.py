"""Calls within one transaction: begin, answer, end, and what became of those that never ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from records.drafts import CallDraft, MediaStats, Outcome
from records.errors import RecordsError, UnknownRecord
from records.phone import hash_number
from records.tables import CallRow, EventRow, TurnRow
from records.views import CallRecord

RECENT = timedelta(days=90)  #: within which a reference names one call; transcripts live as long
_DRAWS = 100


def start(
    session: Session, draft: CallDraft, now: datetime, hash_key: bytes, draw: Callable[[], str]
) -> CallRecord:
    """Write a call in progress, with a reference that no recent call has."""
    row = CallRow(
        id=uuid.uuid4().hex,
        reference=_free_reference(session, now, draw),
        direction=draft.direction,
        channel=draft.channel,
        line=draft.line,
        caller_number=draft.caller_number,
        caller_hash=hash_number(draft.caller_number, hash_key),
        sip_call_id=draft.sip_call_id,
        started_at=draft.started_at or now,
        outcome=Outcome.IN_PROGRESS,
        end_reason="",
        language=draft.language,
        transfer_target="",
        stats={},
    )
    session.add(row)
    session.flush()
    return snapshot(row)


def _free_reference(session: Session, now: datetime, draw: Callable[[], str]) -> str:
    for _ in range(_DRAWS):
        reference = draw()
        taken = select(CallRow.id).where(
            CallRow.reference == reference, CallRow.started_at > now - RECENT
        )
        if session.scalars(taken.limit(1)).first() is None:
            return reference
    raise RecordsError(
        f"no free call reference in {_DRAWS} draws: too many calls in {RECENT.days} days"
    )


def find(session: Session, call_id: str) -> CallRow:
    """The call with this id.

    Raises:
        UnknownRecord: there is none.
    """
    row = session.get(CallRow, call_id)
    if row is None:
        raise UnknownRecord(f"no call has the id {call_id!r}")
    return row


def find_sip(session: Session, sip_call_id: str) -> CallRow:
    """The latest call with this SIP Call-ID (RFC 3261, 8.1.1.4: chosen by the caller's telephone).

    Raises:
        UnknownRecord: there is none.
    """
    wanted = select(CallRow).where(CallRow.sip_call_id == sip_call_id)
    row = session.scalars(wanted.order_by(CallRow.started_at.desc()).limit(1)).first()
    if row is None:
        raise UnknownRecord(f"no call has the SIP Call-ID {sip_call_id!r}")
    return row


def answered(session: Session, call_id: str, now: datetime) -> None:
    """Note when the call was answered; the first time counts."""
    row = find(session, call_id)
    row.answered_at = row.answered_at or now


def end(
    session: Session,
    call_id: str,
    now: datetime,
    outcome: Outcome,
    reason: str,
    stats: MediaStats | None,
    transfer_target: str,
) -> bool:
    """Note how the call ended; the first end counts, a later one returns False.

    Both sides may hang up at once, so a second end is normal telephony.
    """
    row = find(session, call_id)
    if row.outcome != Outcome.IN_PROGRESS:
        return False
    row.ended_at = now
    row.outcome = outcome
    row.end_reason = reason
    row.transfer_target = transfer_target
    row.stats = stats.as_json() if stats else {}
    return True


def close_interrupted(session: Session) -> int:
    """Mark every call in progress as interrupted, at the last moment it was known alive."""
    rows = session.scalars(select(CallRow).where(CallRow.outcome == Outcome.IN_PROGRESS)).all()
    for row in rows:
        row.outcome = Outcome.INTERRUPTED
        row.end_reason = "the server stopped during the call"
        row.ended_at = _last_sign(session, row)
    return len(rows)


def _last_sign(session: Session, row: CallRow) -> datetime:
    turns = select(func.max(TurnRow.created_at), func.max(TurnRow.finished_at)).where(
        TurnRow.call_id == row.id
    )
    events = select(func.max(EventRow.at)).where(EventRow.call_id == row.id)
    signs = [row.started_at, row.answered_at, *session.execute(turns).one(), session.scalar(events)]
    return max(sign for sign in signs if sign is not None)


def recent(session: Session, limit: int) -> tuple[CallRecord, ...]:
    """The calls that started last, newest first."""
    newest = select(CallRow).order_by(CallRow.started_at.desc(), CallRow.id).limit(limit)
    return tuple(snapshot(row) for row in session.scalars(newest))


def snapshot(row: CallRow) -> CallRecord:
    """The row as a frozen value."""
    return CallRecord(
        id=row.id,
        reference=row.reference,
        direction=row.direction,
        channel=row.channel,
        line=row.line,
        caller_number=row.caller_number,
        caller_hash=row.caller_hash,
        sip_call_id=row.sip_call_id,
        started_at=row.started_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        end_reason=row.end_reason,
        language=row.language,
        transfer_target=row.transfer_target,
        stats=dict(row.stats),
    )
