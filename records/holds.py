"""Legal holds, within one transaction: a call that is kept although its time is over.

For a threat, an emergency, a complaint (requirements, table R-ret): by hand, with a reason and an
author, for 90 days, renewable. What is held is neither purged nor erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from records import calls
from records.masking import mask
from records.plain import plain_text
from records.review_tables import HoldRow

HELD_FOR = timedelta(days=90)
LONGEST_REASON = 500  #: characters


class CallHeld(ValueError):
    """The call is held and may not be erased; the sentence is French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold on one call; `lifted_at` None: nobody ended it before its time."""

    id: int
    call_id: str
    reason: str  #: masked like what callers say
    placed_by: str
    placed_at: datetime
    until: datetime
    lifted_at: datetime | None
    lifted_by: str
    lifted_reason: str

    def holds(self, now: datetime) -> bool:
        """Whether it holds now."""
        return self.lifted_at is None and self.until > now


def place(session: Session, call_id: str, reason: str, by: str, now: datetime) -> Hold:
    """Hold a call for 90 days from now; what held it before is prolonged by it.

    Raises:
        UnknownRecord: there is no such call.
        ValueError: the reason is empty or too long; in French.
    """
    calls.find(session, call_id)
    row = HoldRow(
        call_id=call_id,
        reason=_checked(reason),
        placed_by=by,
        placed_at=now,
        until=now + HELD_FOR,
        lifted_at=None,
        lifted_by="",
        lifted_reason="",
    )
    session.add(row)
    session.flush()
    return _snapshot(row)


def lift(session: Session, call_id: str, reason: str, by: str, now: datetime) -> None:
    """End every hold of a call.

    Raises:
        UnknownRecord: there is no such call.
        ValueError: the call is not held, or the reason is empty or too long; in French.
    """
    calls.find(session, call_id)
    said = _checked(reason)
    rows = [row for row in _rows(session, call_id) if _snapshot(row).holds(now)]
    if not rows:
        raise ValueError("cet appel n'est pas conservé par une décision")
    for row in rows:
        row.lifted_at, row.lifted_by, row.lifted_reason = now, by, said
    session.flush()


def _checked(reason: str) -> str:
    kept = mask(plain_text(reason).strip())[0]
    if not kept:
        raise ValueError("le motif est vide")
    if len(kept) > LONGEST_REASON:
        raise ValueError(f"le motif dépasse {LONGEST_REASON} caractères")
    return kept


def held(now: datetime) -> Select[str]:
    """The ids of the calls that are held now."""
    return select(HoldRow.call_id).where(HoldRow.lifted_at.is_(None), HoldRow.until > now)


def refuse_held(session: Session, call_id: str, now: datetime) -> None:
    """Stop what would erase words of a held call.

    Raises:
        CallHeld: it is held.
    """
    if session.scalars(held(now).where(HoldRow.call_id == call_id).limit(1)).first() is not None:
        raise CallHeld("cet appel est conservé par une décision : levez-la d'abord")


def of_call(session: Session, call_id: str) -> tuple[Hold, ...]:
    """All holds of a call, oldest first, those that ended too."""
    return tuple(_snapshot(row) for row in _rows(session, call_id))


def every(session: Session, now: datetime, limit: int) -> tuple[Hold, ...]:
    """What holds now, the one that ends first before others."""
    rows = select(HoldRow).where(HoldRow.lifted_at.is_(None), HoldRow.until > now)
    ordered = rows.order_by(HoldRow.until, HoldRow.id).limit(limit)
    return tuple(_snapshot(row) for row in session.scalars(ordered))


def _rows(session: Session, call_id: str) -> list[HoldRow]:
    rows = select(HoldRow).where(HoldRow.call_id == call_id)
    return list(session.scalars(rows.order_by(HoldRow.id)))


def _snapshot(row: HoldRow) -> Hold:
    return Hold(
        id=row.id,
        call_id=row.call_id,
        reason=row.reason,
        placed_by=row.placed_by,
        placed_at=row.placed_at,
        until=row.until,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
        lifted_reason=row.lifted_reason,
    )
