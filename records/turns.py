"""Turns within one transaction: masked, written before they are played, finished after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from records import calls, events, recordings, refusals
from records.drafts import TurnDraft
from records.errors import DuplicateTurn, UnknownRecord
from records.masking import Kind, mask
from records.plain import finite, plain_json
from records.tables import TurnRow
from records.views import TurnRecord

# A reply may say the town's own e-mail address; it never needs the other three.
IN_REPLIES = frozenset(Kind) - {Kind.EMAIL}


def add(session: Session, call_id: str, draft: TurnDraft, now: datetime) -> int:
    """Write the turn as decided and return its id.

    What was masked leaves an event "masked" with the turn's number and the kinds, and the sound of
    the call is erased.
    """
    call = calls.find(session, call_id)
    number = _number(session, call_id, draft.number)
    row, masked = new_row(call_id, number, draft, now)
    if events.words_refused(session, call_id):
        refusals.forget(row)
    session.add(row)
    session.flush()
    if draft.language:
        call.language = draft.language
    if masked:  # to mask the text and keep the sound would be useless (requirements R14)
        recordings.forget(session, recordings.of_calls([call_id]), now, recordings.MASKED)
        events.add(session, call_id, "masked", {"turn": number, "kinds": masked}, now)
    return row.id


def new_row(
    call_id: str, number: int, draft: TurnDraft, now: datetime
) -> tuple[TurnRow, list[Kind]]:
    """The row of a turn as decided, masked, and what was masked of the caller's words and keys."""
    heard, in_heard = mask(draft.heard)
    dtmf, in_dtmf = mask(draft.dtmf)
    row = TurnRow(
        call_id=call_id,
        number=number,
        started_at=draft.started_at or now,
        heard=heard,
        heard_confidence=finite(draft.heard_confidence),
        language=draft.language,
        reply=mask(draft.reply, IN_REPLIES)[0],
        played=None,
        interrupted=False,
        action=draft.action,
        sheet_id=draft.sheet_id,
        sheet_version=draft.sheet_version,
        sentences=draft.sentences,
        confidence=finite(draft.confidence),
        candidates=draft.candidates,
        timings=draft.timings,
        dtmf=dtmf,
        created_at=now,
    )
    return row, list(dict.fromkeys(in_heard + in_dtmf))


def _number(session: Session, call_id: str, wanted: int | None) -> int:
    if wanted is None:
        last = session.scalar(select(func.max(TurnRow.number)).where(TurnRow.call_id == call_id))
        return (last or 0) + 1
    same = select(TurnRow.id).where(TurnRow.call_id == call_id, TurnRow.number == wanted)
    if session.scalar(same) is not None:
        raise DuplicateTurn(f"the call {call_id} already has a turn {wanted}")
    return wanted


def finish(
    session: Session,
    turn_id: int,
    now: datetime,
    played: str,
    interrupted: bool,
    timings: Mapping[str, float],
) -> None:
    """Note what of the reply was really played; timings are added to those already there."""
    row = session.get(TurnRow, turn_id)
    if row is None:
        raise UnknownRecord(f"no turn has the id {turn_id}")
    row.played = mask(played, IN_REPLIES)[0]
    if row.reply == events.FORGOTTEN:
        refusals.forget(row)
    row.interrupted = interrupted
    row.timings = {**row.timings, **_plain_timings(timings)}
    row.finished_at = now


def _plain_timings(timings: Mapping[str, float]) -> dict[str, object]:
    return {name: plain_json(value, f"timings.{name}") for name, value in timings.items()}


def of_call(session: Session, call_id: str) -> tuple[TurnRecord, ...]:
    """The call's turns by number."""
    rows = session.scalars(
        select(TurnRow).where(TurnRow.call_id == call_id).order_by(TurnRow.number)
    )
    return tuple(snapshot(row) for row in rows)


def snapshot(row: TurnRow) -> TurnRecord:
    """The row as a frozen value."""
    return TurnRecord(
        id=row.id,
        call_id=row.call_id,
        number=row.number,
        started_at=row.started_at,
        heard=row.heard,
        heard_confidence=row.heard_confidence,
        language=row.language,
        reply=row.reply,
        played=row.played,
        interrupted=row.interrupted,
        action=row.action,
        sheet_id=row.sheet_id,
        sheet_version=row.sheet_version,
        sentences=tuple(row.sentences),
        confidence=row.confidence,
        candidates=tuple(row.candidates),
        timings=dict(row.timings),
        dtmf=row.dtmf,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
