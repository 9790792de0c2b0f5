"""Questions that the assistant did not answer, or answered without being sure: for supervisors.

Read from the turns themselves, so there is no second truth: what is erased there is gone here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from records.tables import TurnRow

SURE = 0.9  #: an answer told with less is worth a look
_UNANSWERED = ("out_of_scope",)
_ASKED_BACK = ("clarify",)


class Doubt(StrEnum):
    """Why a question is on the list."""

    UNANSWERED = "unanswered"  #: no sheet was found, or the caller was passed on
    ASKED_BACK = "asked_back"  #: several sheets were close
    UNSURE = "unsure"  #: answered with little confidence
    SUGGESTED = "suggested"  #: written by a resident on the public form; no call


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulQuestion:
    """A caller's question with what was done about it."""

    call_id: str
    turn: int
    at: datetime
    heard: str  #: masked
    why: Doubt
    action: str
    sheet_id: str
    confidence: float | None
    candidates: tuple[Mapping[str, object], ...]


def doubtful(
    session: Session, since: datetime, until: datetime, below: float, limit: int
) -> tuple[DoubtfulQuestion, ...]:
    """The doubtful questions of turns begun in [since, until), newest first.

    Args:
        below: an answer with less confidence than this is doubtful.
        limit: at most so many.
    """
    # a turn passed to a person because nothing was found keeps the sheets that were considered
    given_up = and_(
        TurnRow.action == "transfer",
        TurnRow.confidence < below,
        func.json_array_length(TurnRow.candidates) > 0,
    )
    unsure = and_(TurnRow.action == "answer", TurnRow.confidence < below)
    rows = session.scalars(
        select(TurnRow)
        .where(TurnRow.started_at >= since, TurnRow.started_at < until, TurnRow.heard != "")
        .where(or_(TurnRow.action.in_((*_UNANSWERED, *_ASKED_BACK)), given_up, unsure))
        .order_by(TurnRow.started_at.desc(), TurnRow.id.desc())
        .limit(limit)
    )
    return tuple(_question(row) for row in rows)


def _question(row: TurnRow) -> DoubtfulQuestion:
    if row.action in _ASKED_BACK:
        why = Doubt.ASKED_BACK
    else:
        why = Doubt.UNSURE if row.action == "answer" else Doubt.UNANSWERED
    return DoubtfulQuestion(
        call_id=row.call_id,
        turn=row.number,
        at=row.started_at,
        heard=row.heard,
        why=why,
        action=row.action,
        sheet_id=row.sheet_id,
        confidence=row.confidence,
        candidates=tuple(row.candidates),
    )
