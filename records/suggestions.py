"""What residents write on the public form, within one transaction; nobody knows who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from records.errors import UnknownRecord
from records.masking import mask
from records.plain import plain_text
from records.review_tables import SuggestionKind, SuggestionRow

LONGEST = 1000  #: characters of each text
MOST_WAITING = 5000  #: what nobody reads is not piled up without end


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A question that a resident suggests, or an answer that he found wrong. Masked."""

    id: int
    at: datetime
    kind: SuggestionKind
    text: str  #: the question, as one would ask it
    answer: str  #: what was wrong with the answer; empty for a question
    done_at: datetime | None
    done_by: str


def add(
    session: Session, kind: SuggestionKind, text: str, answer: str, now: datetime
) -> Suggestion:
    """Keep what somebody wrote.

    Raises:
        ValueError: it is empty, too long, or too many wait already; in French.
    """
    texts = [mask(" ".join(plain_text(one).split()))[0] for one in (text, answer)]
    if not texts[0] or any(len(one) > LONGEST for one in texts):
        raise ValueError(f"le texte a de 1 à {LONGEST} caractères")
    waiting = select(func.count()).where(SuggestionRow.done_at.is_(None))
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        raise ValueError("trop de messages attendent déjà d'être lus")
    row = SuggestionRow(
        at=now,
        kind=SuggestionKind(kind),
        text=texts[0],
        answer=texts[1],
        done_at=None,
        done_by="",
    )
    session.add(row)
    session.flush()
    return _snapshot(row)


def waiting(session: Session, limit: int) -> tuple[Suggestion, ...]:
    """What nobody dealt with yet, newest first."""
    rows = select(SuggestionRow).where(SuggestionRow.done_at.is_(None))
    ordered = rows.order_by(SuggestionRow.at.desc(), SuggestionRow.id.desc()).limit(limit)
    return tuple(_snapshot(row) for row in session.scalars(ordered))


def done(session: Session, number: int, by: str, now: datetime) -> Suggestion:
    """Somebody dealt with it; the first one counts.

    Raises:
        UnknownRecord: there is none with this number.
    """
    row = session.get(SuggestionRow, number)
    if row is None:
        raise UnknownRecord(f"there is no suggestion {number}")
    if row.done_at is None:
        row.done_at, row.done_by = now, by
    return _snapshot(row)


def erase_before(session: Session, before: datetime) -> int:
    """Delete what was written before a moment; returns how many."""
    old = list(session.scalars(select(SuggestionRow.id).where(SuggestionRow.at < before)))
    session.execute(delete(SuggestionRow).where(SuggestionRow.at < before))
    return len(old)


def _snapshot(row: SuggestionRow) -> Suggestion:
    return Suggestion(
        id=row.id,
        at=row.at,
        kind=row.kind,
        text=row.text,
        answer=row.answer,
        done_at=row.done_at,
        done_by=row.done_by,
    )
