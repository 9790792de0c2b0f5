"""Who read or did what (R25), within one transaction: appended, never changed.

Holds no telephone number and no words: a call by its id, a ticket by its reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from records.masking import mask
from records.plain import plain_text
from records.review_tables import AccessRow

KEPT_FOR = timedelta(days=365)  #: CNIL: 6 to 12 months; the database refuses less than 6
LONGEST_DETAIL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One line of the log."""

    id: int
    at: datetime
    login: str
    action: str  #: "login", "login_failed", "read", "search", "export", "annotate", "erase", …
    call_id: str  #: empty: not about one call
    detail: str


def add(
    session: Session, *, login: str, action: str, call_id: str, detail: str, now: datetime
) -> None:
    """Append a line."""
    kept = mask(plain_text(detail))[0][:LONGEST_DETAIL]
    session.add(AccessRow(at=now, login=login, action=action, call_id=call_id, detail=kept))


def recent(
    session: Session,
    *,
    before: int | None,
    limit: int,
    login: str = "",
    call_id: str = "",
    action: str = "",
    detail: str = "",
) -> tuple[Access, ...]:
    """The last lines, newest first; `before` is the id of the last line seen."""
    query = select(AccessRow).order_by(AccessRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AccessRow.id < before)
    if login:
        query = query.where(AccessRow.login == login)
    if call_id:
        query = query.where(AccessRow.call_id == call_id)
    if action:
        query = query.where(AccessRow.action == action)
    if detail:
        query = query.where(AccessRow.detail == detail)
    return tuple(
        Access(
            id=row.id,
            at=row.at,
            login=row.login,
            action=row.action,
            call_id=row.call_id,
            detail=row.detail,
        )
        for row in session.scalars(query)
    )


def erase_old(session: Session, now: datetime) -> int:
    """Drop the lines of more than a year ago; returns how many."""
    old = session.scalars(select(AccessRow.id).where(AccessRow.at < now - KEPT_FOR)).all()
    for at in range(0, len(old), 500):
        session.execute(delete(AccessRow).where(AccessRow.id.in_(old[at : at + 500])))
    return len(old)
