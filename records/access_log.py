"""Who read or did what (R25), within one transaction: appended, never changed.

Holds no telephone number and no words: a call by its id, a ticket by its reference.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from records.errors import UnknownRecord
from records.masking import mask
from records.plain import plain_text
from records.review_tables import AccessRow

KEPT_FOR = timedelta(days=365)  #: CNIL: 6 to 12 months; the database refuses less than 6
LONGEST_DETAIL = 200
#: what an account looks at stays here; all else is a security event, too (C07)
READING = frozenset({"read", "read_ticket", "read_log", "search", "find_person", "filter"})
SECURITY = logging.getLogger("allomairie.security")


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
) -> int:
    """Append a line; returns its id."""
    kept = mask(plain_text(detail))[0][:LONGEST_DETAIL]
    row = AccessRow(at=now, login=login, action=action, call_id=call_id, detail=kept)
    session.add(row)
    session.flush()
    if action not in READING:
        facts = {"event": action, "login": login, "access": row.id}
        SECURITY.info("%s by %r", action, login, extra={"facts": facts})
    return row.id


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
    return tuple(_snapshot(row) for row in session.scalars(query))


def find(session: Session, number: int) -> Access:
    """One line.

    Raises:
        UnknownRecord: there is none with this id.
    """
    row = session.get(AccessRow, number)
    if row is None:
        raise UnknownRecord(f"the access log has no line {number}")
    return _snapshot(row)


def _snapshot(row: AccessRow) -> Access:
    return Access(
        id=row.id,
        at=row.at,
        login=row.login,
        action=row.action,
        call_id=row.call_id,
        detail=row.detail,
    )


def over(now: datetime) -> Select[int]:
    """Ids of the lines of more than a year ago."""
    return select(AccessRow.id).where(AccessRow.at < now - KEPT_FOR)


def erase_old(session: Session, now: datetime) -> int:
    """Drop the lines of more than a year ago; returns how many."""
    old = session.scalars(over(now)).all()
    for at in range(0, len(old), 500):
        session.execute(delete(AccessRow).where(AccessRow.id.in_(old[at : at + 500])))
    return len(old)
